"""Which format some bytes are, by their first bytes. A name's suffix is never asked."""

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
"""Only decoders that survived fuzzing are on this list; OpenCV would try a dozen more."""

_REFUSED = (
    (b"\0\x05\x16\x07", "AppleDouble companion file, not a picture"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000 is not read"),
    (b"\xff\x4f\xff\x51", "JPEG 2000 is not read"),
    (b"\0\0\0\x0cJXL ", "JPEG XL is not read"),
    (b"\xff\x0a", "JPEG XL is not read"),
    (b"SIMPLE  =", "FITS is not read"),
)

_NETPBM = (b"1", b"2", b"3", b"4", b"5", b"6")
_BEHIND_NETPBM = (b" ", b"\t", b"\n", b"\r", b"#")

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}


def sniff_format(head: bytes) -> str | None:
    """Return the name of a format that is read by the first 12 bytes, such as 'JPEG' or 'TIFF'; None for all others."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:1] == b"P" and head[1:2] in _NETPBM and head[2:3] in _BEHIND_NETPBM:
        return "PNM"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "HEIF"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return None


def explain_refusal(head: bytes) -> str:
    """Say in words why bytes of no known format are refused."""
    return next((reason for magic, reason in _REFUSED if head.startswith(magic)), "not a picture")
