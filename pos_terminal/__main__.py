"""`python -m pos_terminal`"""

from pos_terminal.cli import main

if __name__ == "__main__":
    main()
