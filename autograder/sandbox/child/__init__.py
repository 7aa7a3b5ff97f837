"""The untrusted side: runs inside a confined process; takes nothing from the rest of this package."""
