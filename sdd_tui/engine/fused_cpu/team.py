"""A team of threads that run one kernel together: a spinning barrier in compiled code.

Each of n threads calls the same kernel with its rank; between phases they meet at a barrier that costs 0.1-0.4 µs,
against 5-50 µs for a parallel region of numba's layers, and needs neither libgomp nor TBB.
"""

from __future__ import annotations

from time import CLOCK_MONOTONIC
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numpy.typing import NDArray

from sdd_tui.engine.fused_cpu.cache import kernel

intrinsic: Any = extending.intrinsic
"""Untyped: numba's stubs don't know that a kernel calls an intrinsic without the typing context."""

ARRIVED, GENERATION, TASKS, WAITED, SLOTS = 0, 16, 32, 48, 64
"""Places in the shared array, a cache line of 128 bytes apart; TASKS counts the tasks that threads have taken,
WAITED the nanoseconds that they stood at barriers beyond the first looks."""

SPINS = 4000
"""Looks at the barrier before giving the core away: about 10 µs, far longer than a barrier takes undisturbed."""

PATIENT_SPINS = 4200
"""Looks before sleeping: a thread that has waited this long shares its core with another process (a second run, a
test), and sleeping lets that one go on; without it two runs on two cores took 20 times as long as one."""

NAP_US = 50

usleep: Any = types.ExternalFunction("usleep", types.int32(types.uint32))
sched_yield: Any = types.ExternalFunction("sched_yield", types.int32())


def new_sync() -> NDArray[np.int64]:
    """The shared array of one team."""
    return np.zeros(SLOTS, np.int64)


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    struct = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, struct, [index], wraparound=False)


@intrinsic
def add(_: Any, array: Any, index: Any, value: Any) -> Any:
    """Atomically add to array[index]; the value before."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, sig.args[0], args[0], args[1])
        return builder.atomic_rmw("add", pointer, args[2], ordering="acq_rel")

    return types.int64(array, types.intp, types.int64), codegen


@intrinsic
def load(_: Any, array: Any, index: Any) -> Any:
    """Atomically read array[index]."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, sig.args[0], args[0], args[1])
        return builder.load_atomic(pointer, "acquire", 8)

    return types.int64(array, types.intp), codegen


@intrinsic
def store(_: Any, array: Any, index: Any, value: Any) -> Any:
    """Atomically write array[index]."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, sig.args[0], args[0], args[1])
        builder.store_atomic(args[2], pointer, "release", 8)
        return ir.Constant(ir.IntType(64), 0)

    return types.int64(array, types.intp, types.int64), codegen


@intrinsic
def now(_: Any, zero: Any) -> Any:
    """Nanoseconds of a clock that only goes forward."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        number = ir.IntType(64)
        time = cgutils.alloca_once(builder, ir.ArrayType(number, 2))
        kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32), ir.PointerType(number)])
        read = cgutils.get_or_insert_function(builder.module, kind, "clock_gettime")
        place = builder.bitcast(time, ir.PointerType(number))
        builder.call(read, [ir.Constant(ir.IntType(32), CLOCK_MONOTONIC), place])
        seconds, rest = builder.load(place), builder.load(builder.gep(place, [ir.Constant(number, 1)]))
        return builder.add(builder.mul(seconds, ir.Constant(number, 10**9)), rest)

    return types.int64(types.int64), codegen


@intrinsic
def one_by_one(_: Any, array: Any, index: Any) -> Any:
    """array[index] of 32 bits, in a loop that LLVM then leaves scalar: what the index leads to would be gathered, which
    takes longer (columns at T = 100,000: 7.2 against 2.6 ms on Zen 4)."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load_atomic(_pointer(context, builder, sig.args[0], args[0], args[1]), "monotonic", 4)

    return array.dtype(array, types.intp), codegen


@kernel
def barrier(sync, n_threads):  # type: ignore[no-untyped-def]
    """Wait until all n threads of the team are here."""
    if n_threads == 1:
        return
    generation = load(sync, GENERATION)
    if add(sync, ARRIVED, 1) == n_threads - 1:
        store(sync, ARRIVED, 0)
        add(sync, GENERATION, 1)
        return
    spins = 0
    since = 0
    while load(sync, GENERATION) == generation:
        spins += 1
        if spins > PATIENT_SPINS:
            usleep(NAP_US)
        elif spins > SPINS:
            since = now(0) if since == 0 else since
            sched_yield()
    if since != 0:
        add(sync, WAITED, now(0) - since)


@kernel
def share(count, rank, n_threads):  # type: ignore[no-untyped-def]
    """The part of range(count) that belongs to a thread: first and last, exclusive."""
    return count * rank // n_threads, count * (rank + 1) // n_threads
