"""The stories of tests/cases: what users do and what they see. `pytest --update-cases` rewrites what they see;
read the diff before committing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stories import Story, play, rewrite, stories

HERE = Path(__file__).parent
STORIES = [*stories(HERE / "cases"), *stories(HERE / "errors")]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.page.stem}: {story.title}".rstrip(": "))
def test_story(story: Story, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    written, went = play(story, tmp_path)
    if request.config.getoption("--update-cases"):
        rewrite(story, went)
    else:
        assert went == written
