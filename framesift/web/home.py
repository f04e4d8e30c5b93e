"""What the first page is and how the pages are called: it depends on what lies in the folder that is served."""

from dataclasses import dataclass

from framesift.review import Review

FOLDERS = "/?kind=all"
"""The folders, also where the first page is another one."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A page that all others lead to."""

    address: str
    word: str


@dataclass(frozen=True, slots=True)
class Home:
    """The pages in the order in which people want them here."""

    tabs: tuple[Tab, ...]
    folders: Tab
    """The page of all persons, or of all folders where there is no person."""

    @property
    def first(self) -> str:
        """The address of the page to begin with."""
        return self.tabs[0].address


def find_home(review: Review) -> Home:
    """Return the pages: persons first, where there are any; runs first where there are no persons, but runs."""
    removed, runs = Tab("/removals", "Removed"), Tab("/runs", "Runs")
    if review.collections.page(persons=True, limit=0)[0]["total"]:
        persons = Tab("/", "Persons")
        return Home((persons, removed, runs), persons)
    if not review.runs.runs.has_some():
        folders = Tab("/", "Folders")
        return Home((folders, removed, runs), folders)
    folders = Tab(FOLDERS, "Folders")
    return Home((runs, folders, removed), folders)
