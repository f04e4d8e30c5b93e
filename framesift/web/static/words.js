/* Numbers, sizes and times as people read them. */
const NUMBER = new Intl.NumberFormat("en");
const TIME = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

export const number = (value) => NUMBER.format(value);

/** “1 image”, “1,204 images”. */
export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

export function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export const when = (time) => TIME.format(new Date(time));

/** A person by its id, any other folder by where it lies. */
export const title = (collection) => collection.person_id ?? collection.name;

/** “3 persons” where all are, “3 folders” otherwise. */
export function folders(collections) {
  const word = collections.every((collection) => collection.person_id) ? "person" : "folder";
  return count(collections.length, word);
}

/** “A”, “A and B”, “A, B and 4 more”. */
export function list(names, shown = 3) {
  if (names.length <= 1) return names.join("");
  const rest = names.length - shown;
  if (rest > 1) return `${names.slice(0, shown).join(", ")} and ${number(rest)} more`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** “changed 0.73 % of the picture, needed more than 0.75 % (1,812 px, 1,859 px)”. */
export function scored({ score, limit, area }) {
  return score === null || limit === null || !area ? "" : describeScore(score, limit, area);
}

const METHODS = { framediff: "Frame differencing", tolerance: "By tolerance" };

/** “Frame differencing, from 0.05% on, kept above 0.75%”. */
export const method = (run) => `${METHODS[run.method]}, from ${run.min_contour_area} on, kept above ${run.score_threshold}`;
