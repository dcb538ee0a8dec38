# SPDX-License-Identifier: Apache-2.0
"""`python -m monitor` is the `figurewatch` command."""

from monitor.cli import main

if __name__ == "__main__":
    main(prog_name="figurewatch")
