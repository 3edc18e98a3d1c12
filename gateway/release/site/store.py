"""A release's folder: artefacts addressed by the digest of what went in, so that running again does what is missing.

A stage is recorded after its outputs are whole on the disk. The same inputs find the record and skip; a kill at any
moment leaves either no record, and the stage runs again, or all of it. Artefacts with data are sealed under the keys of
their release; ``stages.json`` holds names and digests only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway import __version__
from gateway.base.canonical import digest, digest_of, encode_for_people
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.holdingkeys import HoldingSealer

Artefacts = Mapping[str, bytes]
Progress = Callable[[str, float], None]
"""Told what is being done, and which part of it is."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """The artefacts of the release in ``folder``. ``open_names`` are value-free and lie in plain; ``sealer`` gives the
    key of every other."""

    folder: Path
    sealer: Callable[[str], HoldingSealer]
    open_names: frozenset[str]

    def stage(self, name: str, inputs: Mapping[str, Any], make: Callable[[], Artefacts]) -> dict[str, str]:
        """Digests of the stage's outputs: those recorded for the same inputs, else of what ``make`` returns.

        The record is written last; nothing is ever half-recorded."""
        if self.done(name, inputs):
            return dict(self._records()[name]["outputs"])
        self.forget(name)  # from here on the older outputs may be half replaced
        made = make()
        for output, data in made.items():
            self._write(output, data)
        outputs = {output: digest(data) for output, data in made.items()}
        self._record(name, {"inputs": _digest(inputs), "outputs": outputs})
        return outputs

    def done(self, name: str, inputs: Mapping[str, Any]) -> bool:
        """Whether the stage is recorded for these inputs, and its outputs are there with the keys that open them."""
        record = self._records().get(name)
        return (
            record is not None
            and record["inputs"] == _digest(inputs)
            and all(self.path(output).is_file() and self._opens(output) for output in record["outputs"])
        )

    def forget(self, name: str) -> None:
        """Drops a stage's record, so that it runs again."""
        records = self._records()
        if records.pop(name, None) is not None:
            write_atomic(self.folder / "stages.json", encode_for_people(records))

    def digests(self) -> dict[str, str]:
        """Every recorded artefact and the SHA-256 of its plain content."""
        return {name: sha for record in self._records().values() for name, sha in record["outputs"].items()}

    def has(self, output: str) -> bool:
        """Whether the artefact exists."""
        return self.path(output).is_file()

    def get(self, output: str) -> bytes:
        """An artefact's plain content. Raises IntegrityError when it is missing or not what was recorded."""
        path = self.path(output)
        if not path.is_file():
            raise IntegrityError(
                f"批次文件 {output} 不存在", f"the release's file {output} is missing", next="gateway run"
            )
        data = path.read_bytes()
        if output not in self.open_names:
            data = self.sealer(output).open_sealed(data, self._purpose(output))
        recorded = self.digests().get(output)
        if recorded is not None and recorded != digest(data):
            raise IntegrityError(
                f"批次文件 {output} 与记录的摘要不符", f"the release's file {output} differs from its recorded digest"
            )
        return data

    def get_json(self, output: str) -> Any:
        """An artefact that is JSON."""
        return json.loads(self.get(output))

    def path(self, output: str) -> Path:
        """Where the artefact lies; sealed ones end in ``.sealed``."""
        return self.folder / (output if output in self.open_names else f"{output}.sealed")

    def _write(self, output: str, data: bytes) -> None:
        sealed = output not in self.open_names
        content = self.sealer(output).seal(data, self._purpose(output)) if sealed else data
        write_atomic(self.path(output), content, mode=PRIVATE if sealed else 0o644)

    def _opens(self, output: str) -> bool:
        return output in self.open_names or self.sealer(output).opens(self.path(output), self._purpose(output))

    def _purpose(self, output: str) -> str:
        return f"{self.folder.name}/{output}"

    def _records(self) -> dict[str, dict[str, Any]]:
        path = self.folder / "stages.json"
        return dict(json.loads(path.read_bytes())) if path.is_file() else {}

    def _record(self, name: str, record: dict[str, Any]) -> None:
        write_atomic(self.folder / "stages.json", encode_for_people(self._records() | {name: record}))


def _digest(inputs: Mapping[str, Any]) -> str:
    """Another version of the software runs a stage again."""
    return digest_of({"software": __version__, **inputs})
