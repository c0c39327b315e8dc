"""The demo world: real services and a real database on loopback, and an incident.

Everything runs in this process, on an event loop in a thread of its own; only PostgreSQL is a
child. So a world is gone when its process is, however that ends: its folder is swept away by the
next world, its database by its own guard.
"""

import asyncio
import atexit
import concurrent.futures
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from demo.agenda import Agenda
from demo.config import Surroundings, config_text
from demo.config_systems import system_secrets
from demo.control import FILE as CONTROL_FILE
from demo.control import Control, ControlApi
from demo.credentials import Credentials
from demo.deployer import Deployer
from demo.estate import Estate
from demo.eye import Address, DatabaseEye
from demo.farewell import Farewell
from demo.faults import Faults
from demo.folder import WorldFolder
from demo.incident import INCIDENT, Incident, Script
from demo.loop_thread import LoopThread
from demo.misbehave import Misbehave
from demo.postgres import DemoDatabase
from demo.postgres_blank import Blank
from demo.reboots import Reboots
from demo.serve import Listener, Port
from demo.services import Services, error_body_of
from demo.sign_ins import SignIns
from demo.supabase_world import project_of
from demo.surroundings import surroundings
from demo.weather import Weather
from providers.clock import Clock, SystemClock

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Result = TypeVar("Result")

PRODUCTS: Final = ("lma", "localloop")
_OPEN_S: Final = 30.0
_SWITCH_S: Final = 5.0


class World:
    """One demo world, from `start` to `stop`.

    Args:
        clock: Whose time passes; it is read in the world's own thread.
        script: What happens.
        database: Whether to start a real PostgreSQL; without one the products' health depends on
            their deploys alone, and the configuration has no database.
        blank: What the databases begin from, for who makes several worlds; None: one of our own.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        script: Script = INCIDENT,
        database: bool = True,
        blank: Blank | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.faults = Faults()
        self.credentials = Credentials()
        self.estate = Estate(Agenda(self.clock))
        self.incident = Incident(script, self.estate)
        products = PRODUCTS if database else ()
        self._blank = Blank(len(products)) if blank is None else None
        self.databases = {product: DemoDatabase(blank or self._blank) for product in products}
        """A real PostgreSQL each; call them through `run`."""

        self._thread = LoopThread("demo-world")
        self._farewell = Farewell(self.close)
        self._listeners: dict[str, Port] = {}
        self._control: Listener | None = None
        self._folder: WorldFolder | None = None
        self._services: Services | None = None
        self._eyes = {product: DatabaseEye(self.clock, f"{product}-health") for product in PRODUCTS}
        self._opening: concurrent.futures.Future[None] | None = None
        self._chores: list[asyncio.Task[None]] = []
        self.config_path = Path()
        """The configuration that shows this world; there from `start` to `stop`."""

    @property
    def urls(self) -> Mapping[str, str]:
        """Address of each service by name."""
        return {name: listener.url for name, listener in self._listeners.items()}

    @property
    def services(self) -> Services:
        """What answers; its memory belongs to the world's thread.

        Raises:
            RuntimeError: The world has not been started.
        """
        if self._services is None:
            raise RuntimeError("the world has not been started")
        return self._services

    @property
    def env(self) -> Mapping[str, str]:
        """What to put into the environment of a program that is to show this world."""
        return {"QUARTERDECK_CONFIG": str(self.config_path)}

    async def start(self, folder: Path | None = None) -> None:
        """Bring everything up.

        Args:
            folder: Where to make the world's own folder; None: where temporary files go.

        Raises:
            demo.postgres_binaries.NoPostgres: The database did not come up.
        """
        self._folder = WorldFolder(folder)
        self._thread.start()
        atexit.register(self._abandon)
        self._farewell.arm()
        self._opening = self._thread.submit(self._open(self._folder))
        try:
            # Shielded: a database that is half way up has to be up before it can be stopped.
            await asyncio.shield(asyncio.wrap_future(self._opening))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Take everything down and leave nothing behind; may be called twice."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """`stop` for callers without an event loop."""
        atexit.unregister(self._abandon)
        self._farewell.disarm()
        if self._thread.running:
            if self._opening is not None:
                concurrent.futures.wait([self._opening], timeout=_OPEN_S)
            self._thread.submit(self._shut()).result()
            self._thread.stop()
        self._remove_folders()

    def _remove_folders(self) -> None:
        if self._blank is not None:
            self._blank.remove()
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _abandon(self) -> None:
        """At the end of a program that forgot to stop us; its databases' guards do the rest."""
        # By now no more work is taken by thread pools, and stopping a database needs one.
        self._remove_folders()

    async def run(self, task: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the world's own thread, such as killing its database."""
        return await asyncio.wrap_future(self._thread.submit(task))

    async def _open(self, folder: WorldFolder) -> None:
        databases = asyncio.create_task(self._start_databases(folder))
        try:
            self._services = Services(
                estate=self.estate,
                credentials=self.credentials,
                clock=self.clock,
                eyes=self._eyes,
            )
            for name, app in self._services.apps().items():
                behaving = self._misbehaving(name, app)
                self._listeners[name] = await self._listening(behaving)
            outside = surroundings(folder.path, self.faults, self.clock)
            for name, port in outside.items():
                await port.open()
                self._listeners[name] = port
            self._control = await self._listening(ControlApi(self).app())
            control = Control(url=self._control.url, token=self.credentials.control)
            folder.write(CONTROL_FILE, control.text())
            await databases
        except BaseException:
            databases.cancel()
            await asyncio.gather(databases, return_exceptions=True)
            raise
        self.estate.github.deployer = Deployer(self.estate)
        self._write_config(folder)
        self.faults.watch(self._faults_changed)
        self.incident.begin()
        self._start_chores()

    async def _start_databases(self, folder: WorldFolder) -> None:
        await asyncio.gather(*(self._start_database(folder, product) for product in self.databases))

    async def _start_database(self, folder: WorldFolder, product: str) -> None:
        database, place = self.databases[product], folder.path / product
        place.mkdir(mode=0o700)
        await database.start(place)
        self._eyes[product].open(self._address(product))

    def _address(self, product: str) -> Address:
        database = self.databases[product]
        return Address(
            host=database.host,
            port=database.port,
            database=database.database,
            user=database.user,
            password=database.password_file.read_text(encoding="utf-8").strip(),
        )

    def _misbehaving(self, name: str, app: "ASGIApp") -> "ASGIApp":
        return Misbehave(
            app,
            name,
            self.faults,
            self.clock,
            trap=lambda: f"{self.urls['trap']}/caught",
            error_body=error_body_of(name),
        )

    async def _listening(self, app: "ASGIApp") -> Listener:
        listener = Listener(app, self.clock)
        await listener.open()
        return listener

    def _write_config(self, folder: WorldFolder) -> None:
        words = self.credentials
        secrets = {
            "vercel-lma": folder.secret("vercel-lma", words.vercel_lma),
            "vercel-localloop": folder.secret("vercel-localloop", words.vercel_localloop),
            "render": folder.secret("render", words.render),
            "github": folder.secret("github", words.github),
            "localloop-admin": folder.secret("localloop-admin", words.localloop_admin),
            "pagerduty-events": folder.secret(
                "pagerduty-events", self.estate.alerting.production.routing_key
            ),
        }
        secrets |= {name: folder.secret(name, word) for name, word in system_secrets(words).items()}
        for product, database in self.databases.items():
            secrets[f"{product}-database"] = database.password_file
            secrets[f"{product}-database-actions"] = database.action_password_file
        around = Surroundings(
            urls=self.urls,
            secrets=secrets,
            databases={product: self._address(product) for product in self.databases},
            folder=folder.path,
        )
        self.config_path = folder.write("config.yaml", config_text(around))

    def _start_chores(self) -> None:
        if "lma" in self.databases:
            pulse = self.services.pulses["production"]
            weather = Weather(pulse, self.databases["lma"], self.clock)
            self._chores.append(asyncio.create_task(weather.run()))
        for product, database in self.databases.items():
            project = project_of(self.estate.supabase, product)
            people = SignIns(database, project, self.clock)
            reboots = Reboots(project, self.estate.supabase.agenda, database, self.clock)
            self._chores += [asyncio.create_task(each.run()) for each in (people, reboots)]

    def _faults_changed(self) -> None:
        """Close and open ports as the faults say; comes back when that is done."""
        if not self._thread.running:
            return
        done = self._thread.submit(self._open_and_close())
        if not self._thread.inside:
            done.result(_SWITCH_S)

    async def _open_and_close(self) -> None:
        for name, listener in self._listeners.items():
            if self.faults.refuses(name):
                await listener.refuse()
            else:
                await listener.open()

    async def _shut(self) -> None:
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        control = () if self._control is None else (self._control,)
        listeners = (*self._listeners.values(), *control)
        await asyncio.gather(*(listener.close() for listener in listeners))
        for eye in self._eyes.values():
            await eye.aclose()
        await asyncio.gather(*(database.stop() for database in self.databases.values()))
