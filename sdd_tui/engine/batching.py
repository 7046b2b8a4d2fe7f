"""Several single models, each with a training loop in a thread of its own, as one batch of an engine.

The loops stay what they are (trainer.py): a loop asks its Member for k steps and waits. When all that are still there
wait, those furthest behind go on together, as far as each of them asks and until they meet the next ones; so models
that were stopped at different steps catch up with each other.

Invariant: no two threads use the engine at once, and a model's numbers are those it has alone (which is the engines'
to keep: see the conformance suite).

A model that is paused steps out and the others go on without it; one that waits for others says that it is alive.

What all of them record at a step is computed and fetched for the whole batch when the first of them asks: one by one,
64 models' losses and parameters take some 100 ms, as long as a thousand of their steps at T = 100 (H200).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine import schedule
from sdd_tui.engine.data import Examples, FreshExamples, stack
from sdd_tui.engine.interface import Engine, State, Tensors, join
from sdd_tui.engine.schedule import Schedule

ALIVE_S = 2.0
"""Seconds of waiting between two signs of life."""


@dataclass
class Data:
    """Data as it was drawn, for the batch, and loaded, for models alone."""

    examples: Examples | FreshExamples
    loaded: Any
    users: int = 1
    """Models that have loaded these very examples: a test set is mostly the same for all."""


@dataclass
class Request:
    """What a loop waits for."""

    state: State
    data: Data
    schedule: Schedule
    wanted: int
    done: bool = False
    failure: Exception | None = None


class ModelBatch:
    """Models with the same n, m, tying, activations, steps and warm-up; finite data."""

    def __init__(self, engine: Engine, count: int) -> None:
        """Nothing is trained before `count` members have asked for steps, or left."""
        self.engine = engine
        self.turn = Condition()
        self.seconds = 0.0
        """Spent on steps so far, waiting left out."""
        self._there = count
        self._waiting: list[Request] = []
        self._of: list[tuple[State, Data]] = []
        """Whose states the batch's arrays hold, and their data."""
        self._batch: Any = None
        self._data: Any = None
        self._schedule: Any = None
        self._losses: dict[int, NDArray[np.float64]] = {}
        self._parameters: Tensors | None = None
        """The batch's losses on data, and its parameters on the host, at the step where it is."""
        self._loaded: dict[str, Data] = {}

    def member(self) -> Member:
        """The engine as one of the models sees it."""
        return Member(self)

    def leave(self) -> None:
        """One model fewer; the last one takes the batch with it."""
        with self.turn:
            self._there -= 1
            if not self._there:
                self._batch = self._data = None
                self._of = []
                self._forget()
                self._loaded.clear()
            self.turn.notify_all()

    def come_back(self) -> None:
        """One model more, which had left."""
        with self.turn:
            self._there += 1

    def ask(self, request: Request, alive: Callable[[], None]) -> None:
        """Have a model's steps done; the last one to ask does them for all. Raises what the engine raises.

        `alive` is called every two seconds of waiting.
        """
        with self.turn:
            self._waiting.append(request)
            while not request.done:
                if len(self._waiting) == self._there:
                    began = time.perf_counter()
                    self._advance()
                    self.seconds += time.perf_counter() - began
                    self.turn.notify_all()
                elif not self.turn.wait(ALIVE_S):
                    self.turn.release()  # it syncs a file: the others need not wait for that
                    try:
                        alive()
                    finally:
                        self.turn.acquire()
        if (failure := request.failure) is not None:
            request.failure = None
            try:
                raise failure
            finally:
                del failure  # which holds its traceback, and that this frame: a circle that would keep the engine

    def load(self, examples: Examples | FreshExamples) -> Data:
        """Data on the engine, once for all models that have the same."""
        with self.turn:
            if isinstance(examples, FreshExamples):
                return Data(examples, self.engine.load(examples))
            weights = b"" if examples.importance is None else examples.importance.tobytes()
            name = f"{examples.sha256()} {hash(weights)}"
            if name in self._loaded:
                self._loaded[name].users += 1
            else:
                self._loaded[name] = Data(examples, self.engine.load(examples))
            return self._loaded[name]

    def parameters(self, state: State) -> Tensors:
        """A model's parameters on the host."""
        with self.turn:
            b = self._place(state)
            if b is None:
                return self.engine.parameters(state)
            if self._parameters is None:
                self._parameters = self.engine.parameters(self._batch)
            return self._parameters.model(b)

    def evaluate(self, state: State, data: Data) -> NDArray[np.float64]:
        """(1,) a model's loss."""
        b = self._place(state)
        own = b is not None and data is self._of[b][1]
        if b is None or not (own or data.users >= len(self._of)):
            return self.engine.evaluate(state, data.loaded)
        key = -1 if own else id(data)
        if key not in self._losses:
            self._losses[key] = self.engine.evaluate(self._batch, self._data if own else data.loaded)
        return self._losses[key][b : b + 1]

    def _place(self, state: State) -> int | None:
        """Which model of the batch a state is."""
        return next((b for b, (own, _) in enumerate(self._of) if own is state), None)

    def _forget(self) -> None:
        self._losses.clear()
        self._parameters = None

    def _advance(self) -> None:
        """Some steps of the models that are furthest behind."""
        first = min(r.state.step for r in self._waiting)
        group = [r for r in self._waiting if r.state.step == first]
        k = min([r.wanted for r in group] + [r.state.step - first for r in self._waiting if r.state.step > first])
        self._forget()
        try:
            self._gather(group)
            self.engine.advance(self._batch, self._data, self._schedule, k)
        except Exception as error:  # noqa: BLE001 - raised again by the thread of each: none may wait for ever
            self._of = []
            for r in group:
                r.done, r.failure = True, error
        else:
            for r in group:
                r.state.step = first + k
                r.wanted -= k
                r.done = r.wanted == 0
        self._waiting = [r for r in self._waiting if not r.done]

    def _gather(self, group: list[Request]) -> None:
        """Let the batch's arrays be those of the group; they are already where the same models went on together."""
        place = {id(state): b for b, (state, _) in enumerate(self._of)}
        group.sort(key=lambda r: place.get(id(r.state), len(place)))
        of = [(r.state, r.data) for r in group]
        if len(of) == len(self._of) and all(a is c and b is d for (a, b), (c, d) in zip(of, self._of, strict=True)):
            self._batch.step = group[0].state.step
            return
        examples = [r.data.examples for r in group if isinstance(r.data.examples, Examples)]
        states = join([self.engine.fetch(r.state) for r in group])
        self._batch = self._data = None  # its memory first
        self._batch = self.engine.place(states)
        self._data = self.engine.load(stack(examples))
        self._schedule = schedule.join([r.schedule for r in group])
        for b, r in enumerate(group):  # each loop's own state becomes a view of its part of the batch
            vars(r.state).update(vars(self._batch.model(b)))
        self._of = of


def nothing() -> None:
    """What is called where nobody wants to know."""


class Member:
    """An engine for one model of several that go on together. Used with `with`: afterwards nobody waits for it."""

    computed = 1.0

    def __init__(self, together: ModelBatch) -> None:
        self.together = together
        self.alive: Callable[[], None] = nothing
        """Called now and then while this model waits for others."""
        self._evaluated = 0.0
        self._there = True
        engine = together.engine
        self.name, self.device, self.note = engine.name, engine.device, engine.note

    def __enter__(self) -> Member:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()

    def leave(self) -> None:
        """This model is finished, will never begin, or is paused."""
        if self._there:
            self._there = False
            self.together.leave()

    def paused(self, paused: bool) -> None:
        """Let the others go on without this model, or come back."""
        if paused:
            self.leave()
        elif not self._there:
            self._there = True
            self.together.come_back()

    def clock(self) -> float:
        """Seconds that the batch spent on steps and this model on its losses: a loop that timed its waiting would ask
        for fewer and fewer steps."""
        return self.together.seconds + self._evaluated

    @property
    def processor(self) -> str:
        """The engine's."""
        return self.together.engine.processor

    @property
    def threads(self) -> int | None:
        """The engine's."""
        return self.together.engine.threads

    def needs_compiling(self) -> bool:
        """The engine's answer."""
        return self.together.engine.needs_compiling()

    def place(self, state: State) -> State:
        """The state where the engine computes."""
        with self.together.turn:
            return self.together.engine.place(state)

    def fetch(self, state: State) -> State:
        """The state on the host."""
        with self.together.turn:
            return self.together.engine.fetch(state)

    def parameters(self, state: State) -> Tensors:
        """The parameters on the host."""
        return self.together.parameters(state)

    def load(self, data: Examples | FreshExamples) -> Data:
        """The data in the engine's form."""
        return self.together.load(data)

    def advance(self, state: State, data: Data, schedule: Schedule, k: int) -> None:
        """k steps, with the others'."""
        self.together.ask(Request(state, data, schedule, k), self.alive)

    def gradients(self, state: State, data: Data, schedule: Schedule) -> Tensors:
        """Gradients of this model's loss."""
        with self.together.turn:
            return self.together.engine.gradients(state, data.loaded, schedule)

    def evaluate(self, state: State, data: Data) -> NDArray[np.float64]:
        """(1,) exact loss."""
        with self.together.turn:
            began = time.perf_counter()
            losses = self.together.evaluate(state, data)
            self._evaluated += time.perf_counter() - began
            return losses
