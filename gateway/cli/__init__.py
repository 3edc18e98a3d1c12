"""The command line: one command a file, each a thin reading of arguments around one call of the corridor or a stage.

Every command has ``--json`` (one document on stdout, progress on stderr) and ``--help``, in Chinese under a Chinese
locale. Exit codes are those of ``gateway.base.errors.Exit``."""

import sys
from io import TextIOWrapper

from gateway.base.errors import Exit, GatewayError, machine_error
from gateway.base.memory import frugal


def main() -> None:
    """The ``gateway`` command."""
    frugal()
    as_json = "--json" in sys.argv[1:]
    _steady(as_json)
    import typer

    from gateway.base.language import say
    from gateway.cli.app import app
    from gateway.cli.output import fail
    from gateway.cli.typers import tell_usage

    try:
        sys.exit(app(prog_name="gateway", standalone_mode=False))
    except typer.TyperException as error:
        sys.exit(tell_usage(error))
    except typer.Abort:
        sys.exit(say("已中止", "Aborted!"))
    except GatewayError as error:
        sys.exit(fail(error, as_json))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(int(Exit.DONE))
    except OSError as error:
        sys.exit(fail(machine_error(error), as_json))


def _steady(as_json: bool) -> None:
    """A character that the console's encoding lacks stops no command; a JSON document is UTF-8 on any."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if as_json and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
