"""The trusted side: starts the processes that run submissions, enforces their limits, and checks what they answer."""
