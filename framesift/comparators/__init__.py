"""Ways of comparing two frames. Each has the same two steps and the same direction, see `comparator`."""

__all__ = [
    "beyond",
    "combined",
    "comparator",
    "comparison",
    "differencing",
    "embedding",
    "framediff",
    "histogram",
    "likeness",
    "orientation",
    "perceptual_hash",
    "pixel_digest",
    "registration",
    "ssim",
    "standstill",
    "structure",
    "thresholds",
    "tolerance",
    "verified_hash",
]
