"""The life of a delivery, and the log of them."""
