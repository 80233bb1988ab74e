"""How busy the graphics card is and how full its memory, where there is one. Knows torch; asks the driver only where its bindings are there."""

from __future__ import annotations

from inference.contracts import DeviceUse


def device_use() -> DeviceUse | None:
    """None on a machine without a card. `busy` is None where the driver cannot be asked (the package nvidia-ml-py is not there)."""
    import torch

    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info()
    try:
        busy = torch.cuda.utilization() / 100
    except (ModuleNotFoundError, RuntimeError, OSError):
        busy = None
    return DeviceUse(torch.cuda.get_device_name(), busy, total - free, total)
