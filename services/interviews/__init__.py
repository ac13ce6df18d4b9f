"""Makes interview slots, books them for those invited, and cancels what is no longer wanted."""
