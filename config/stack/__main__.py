"""`python -m config.stack …`: what the Makefile and the Procfile call."""

import argparse
import sys

from config.env import BadVariable
from config.stack import leftovers, serve
from config.stack.errors import StackError
from config.stack.holding import execute
from config.stack.terminate import ends_orderly


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (BadVariable, StackError) as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.stack", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="serve: the stack and the processes of the Procfile")
    verbs.add_parser("stop", help="end all that was started here; the data stay")
    verbs.add_parser("clean", help="stop, and delete the data")
    verbs.add_parser("ports", help="draw other ports for PostgreSQL and Valkey")
    execution = verbs.add_parser("exec", help="run a command that holds the stack while it lives")
    execution.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _run(options: argparse.Namespace) -> int:
    match options.verb:
        case "run":
            with ends_orderly():
                return serve.run()
        case "exec":
            execute(options.command)
        case "stop":
            print("Ended " + (", ".join(leftovers.stop()) or "nothing: nothing ran") + ".")
        case "clean":
            print("Deleted " + (", ".join(map(str, leftovers.clean())) or "nothing: there was nothing") + ".")
        case "ports":
            print("PostgreSQL has port {} now, Valkey {}.".format(*leftovers.new_ports()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
