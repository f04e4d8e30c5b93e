"""What a command leaves behind that is killed, or refused, at one of its system calls: see `__main__`."""
