"""Many submissions at once: found in an export, marked by several workers, summed up."""
