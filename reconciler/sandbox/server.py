"""Starting and stopping a sandbox, in a test or from the command line."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from . import keys, persistence, scenario
from .account import Account
from .box import Box
from .clock import Clock
from .control import Control
from .happenings import catch_up
from .hook_sender import HookSender
from .remote import Remote
from .wire import Wire


class SandboxServer:
    """A running sandbox; also a context manager. `url` has no slash at its end."""

    def __init__(
        self,
        scenario: str = "small",
        seed: int = 1,
        clock: str | float | None = None,
        *,
        port: int = 0,
        data: str | Path | None = None,
        account: str = "sandbox",
        app_key: str = keys.APP_KEY,
        app_token: str = keys.APP_TOKEN,
        switches: dict[str, str] | None = None,
        **settings: float,
    ) -> None:
        self.app_key, self.app_token = app_key, app_token
        self._clock = Clock(clock)
        path = Path(data) if data else None
        kept = persistence.read(path) if path else None
        opened = self._open(kept, scenario, seed, account, switches, settings)
        self.box = Box(opened, self._clock, keys.Keys(app_key, app_token))
        self._keeper = persistence.Keeper(path, self._content)
        self.box.on_change = self._keeper.changed
        self._hook = HookSender(self.box)
        self._wire = Wire(port, self.box, Control(self.box, self._keeper.save, self._hook))
        self.port: int = self._wire.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.control = Remote(self.url)
        self._thread = threading.Thread(
            target=self._wire.serve_forever, args=(0.05,), name="sandbox", daemon=True
        )

    def _open(
        self,
        kept: dict[str, object] | None,
        name: str,
        seed: int,
        account: str,
        switches: dict[str, str] | None,
        settings: dict[str, float],
    ) -> Account:
        """The kept account, which catches up with the clock, or a new one of the scenario."""
        if kept is None:
            now = self._clock.now()
            return scenario.build(name, seed, now, account_name=account, switches=switches, settings=settings)
        opened = persistence.load(kept, self._clock)
        catch_up(opened, self._clock.now())
        return opened

    @property
    def account(self) -> str:
        return self.box.account.name

    def _content(self) -> str:
        with self.box.lock:
            return persistence.text(self.box.account, self._clock)

    def start(self) -> Self:
        self._keeper.start()
        self._thread.start()
        self._hook.start()
        return self

    def stop(self) -> None:
        """Ends every conversation, frees the port and writes the data file a last time."""
        self._hook.stop()
        self._wire.shutdown()
        self._wire.server_close()
        self._wire.hang_up()
        self._thread.join()
        self._keeper.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
