"""``python -m reid.cli``: the command ``reid``, where its script is not on the path."""

from reid.cli.app import main

if __name__ == "__main__":
    main()
