"""Read a recipe: YAML and dotted overrides in, a checked `Recipe` out, errors with their place.

    longmix build books.yaml seq_len=8192 sources.books.min_tokens=4096

A value is read as YAML, so `tokens=null`, `eos=false` and `lengths=[4096,8192]` mean what they say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from generators import packing, tasks
from generators.mixing.giving import Wish
from generators.mixing.presets import with_preset
from generators.mixing.wanted import Use
from pipelines.plan.checks import check_together
from pipelines.plan.positions import whole_positions
from pipelines.plan.selection import check_near_duplicates, flat, whole_source
from pipelines.plan.sentences import placed, sentences
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.task import Task
from schemas.task_spec import TaskSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUse:
    """One entry of `tasks`: the task, its own fields, and what all tasks share."""

    name: str
    common: TaskSpec
    task: Task[Any]
    fields: BaseModel

    def for_draw(self, most: int | None = None) -> Use:
        """Return what DRAW must know of it; `most` is how many samples the task can make."""
        haystack = self.common.haystack or self.task.haystack
        wish = Wish(
            haystack=haystack,
            documents=self.common.documents if haystack == "several" else 1,
            kinds=tuple(
                sorted(self.task.kinds if self.common.kinds is None else self.common.kinds)
            ),
            offered=self.task.offered,
        )
        return Use(
            name=self.name,
            spec=self.common,
            num_evidence=self.task.num_evidence(self.fields) * self.common.questions,
            wish=wish,
            shortest=self.task.shortest,
            most=most,
        )


def load_recipe(path: str, overrides: Iterable[str] = ()) -> Recipe:
    """Return the recipe at `path` with `key.path=value` overrides applied.

    Raises RecipeError with the file, the key path and the nearest known name.
    """
    try:
        with open(path, encoding="utf-8") as file:
            data = yaml.safe_load(file)
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise RecipeError(f"{path}: a recipe is a mapping of keys; see recipes/books.yaml")
    for override in overrides:
        _override(data, override)
    return check_recipe(data, path)


def check_recipe(data: Mapping[str, Any], path: str) -> Recipe:
    """Return the recipe that `data` spells, tasks resolved; `path` names it in errors."""
    try:
        recipe = Recipe.model_validate(_with_all_tasks(dict(data)))
    except ValidationError as error:
        raise RecipeError("\n".join(sentences(error, path))) from None
    recipe = recipe.model_copy(
        update={
            "sources": {
                name: whole_source(spec, name, path) for name, spec in recipe.sources.items()
            }
        }
    )
    with placed(f"{path}: packer"):
        packing.load(recipe.packer)
    with placed(path):
        recipe = with_preset(recipe)
        check_together(recipe)
        recipe = whole_positions(recipe)
        check_near_duplicates(recipe)
    task_uses(recipe, path)
    return recipe


def task_uses(recipe: Recipe, path: str = "recipe") -> tuple[TaskUse, ...]:
    """Return the entries of `tasks` with their tasks found and their own fields checked."""
    uses = []
    for name, common in _entries(recipe).items():
        with placed(f"{path}: tasks.{name}.task"):
            task = tasks.load(common.task or name)
        try:
            fields = task.spec.model_validate(common.fields)
        except ValidationError as error:
            known = [*TaskSpec.model_fields, *task.spec.model_fields]
            raise RecipeError("\n".join(sentences(error, path, ("tasks", name), known))) from None
        if task.composes and common.questions > 1:
            raise RecipeError(
                f"{path}: tasks.{name}.questions is {common.questions}, and {task.name} does not "
                "plant; a sample of it has one question"
            )
        uses.append(TaskUse(name=name, common=common, task=task, fields=fields))
    return tuple(uses)


def resolved(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as JSON values, every default included, the tasks' own fields too."""
    data = recipe.model_dump(mode="json")
    data["stages"] = [stage.model_dump(mode="json") for stage in recipe.resolved_stages()]
    data["sources"] = {name: flat(spec) for name, spec in recipe.sources.items()}
    data["tasks"] = {
        use.name: {
            **use.common.model_dump(mode="json", exclude={"fields"}),
            "task": use.task.name,
            **use.fields.model_dump(mode="json"),
        }
        for use in task_uses(recipe)
    }
    return data


def _entries(recipe: Recipe) -> dict[str, TaskSpec]:
    return recipe.tasks if isinstance(recipe.tasks, dict) else {}


def _with_all_tasks(data: dict[str, Any]) -> dict[str, Any]:
    """Spell `all` out: every task that needs no files of its own, in equal parts of its share.

    {all: {share: 0.4}, needle: {keys: 4}} is every task, with four keys in the needles.
    """
    given = {"all": {}} if data.get("tasks") == "all" else data.get("tasks")
    if isinstance(given, dict) and isinstance(given.get("all", ""), dict):
        common = given["all"]
        names = [name for name in tasks.names() if not tasks.load(name).paired]
        share = common.get("share", TaskSpec().share)
        if isinstance(share, int | float):  # anything else is told by the check that follows
            common = {**common, "share": share / len(names)}
        own = {name: each for name, each in given.items() if name != "all"}
        every = {name: {**common, **own.get(name, {})} for name in names}
        data["tasks"] = {**every, **{name: own[name] for name in own if name not in every}}
    return data


def _override(data: dict[str, Any], override: str) -> None:
    key, found, value = override.partition("=")
    if not found or not key:
        raise RecipeError(f"{override!r} is no override; write key.path=value")
    *folders, last = key.split(".")
    place = data
    for folder in folders:
        inner = place.setdefault(folder, {})
        if not isinstance(inner, dict):
            raise RecipeError(f"{override!r}: {folder!r} holds a value, not further keys")
        place = inner
    try:
        place[last] = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise RecipeError(f"{override!r}: the value is not YAML: {error}") from error
