"""Watches a folder for names that hold anything but the whole of what belongs there; may take files away at once."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Watch:
    """``whole``: name → what it must hold. ``taken``: what was taken, in order. ``wrong``: what was seen amiss.
    ``ignored``: names that a row itself has put there."""

    folder: Path
    whole: Mapping[str, bytes]
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ignore(self, *names: str) -> None:
        """From now on only these are not looked at."""
        with self.lock:
            self.ignored = set(names)

    def look(self, *, takes: bool) -> None:
        with self.lock:
            self._look(takes=takes)

    def _look(self, *, takes: bool) -> None:
        for name, data in self._looked_at.items():
            with suppress(FileNotFoundError):
                path = self.folder / name
                size = path.stat().st_size
                if size != len(data):
                    self.wrong.append(f"{name} seen with {size} of {len(data)} bytes")
                if takes:
                    aside = path.with_name(f"{len(self.taken)}.taken")
                    path.rename(aside)
                    self.taken.append((name, aside.read_bytes()))
                    aside.unlink()

    def broken(self) -> list[str]:
        """No wrong or partial content under a final name; nothing twice."""
        broken = list(dict.fromkeys(self.wrong))
        here = [(name, (self.folder / name).read_bytes()) for name in self._looked_at if (self.folder / name).exists()]
        broken += [f"{name} holds something else" for name, data in [*here, *self.taken] if data != self.whole[name]]
        times = Counter(name for name, _ in [*here, *self.taken])
        return broken + [f"{name} was published {count} times" for name, count in times.items() if count > 1]

    def missing(self) -> list[str]:
        """Nothing lost: each name is there, or was taken."""
        there = {name for name in self.whole if (self.folder / name).exists()} | {name for name, _ in self.taken}
        return [f"{name} never arrived" for name in self._looked_at if name not in there]

    @property
    def _looked_at(self) -> dict[str, bytes]:
        return {name: data for name, data in self.whole.items() if name not in self.ignored}


@contextmanager
def watched(watch: Watch, *, takes: bool = False) -> Iterator[Watch]:
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            watch.look(takes=takes)
            time.sleep(0.0005 if takes else 0.002)

    watcher = threading.Thread(target=loop, daemon=True)
    watcher.start()
    try:
        yield watch
    finally:
        stop.set()
        watcher.join()
