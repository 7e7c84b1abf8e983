"""What a suspended case answers at every door that would let it go on: by whom it was suspended, when and why."""

from kfflow.errors import Suspended
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import ProcessInstance
from kfflow.service import telling
from kfflow.service.context import Context


def require_going(ctx: Context, running: Running) -> None:
    """Raise Suspended when the locked instance belongs to a suspended tree."""
    if running.suspended_at is not None:
        raise refusal(ctx, root_of(ctx, running.root_key))


def require_root_going(ctx: Context, root_key: int) -> None:
    """Raise Suspended when the tree of this root is suspended; for doors that lock no instance."""
    refused = find_refusal(ctx, root_key)
    if refused is not None:
        raise refused


def find_refusal(ctx: Context, root_key: int) -> Suspended | None:
    """Give what a suspended tree answers, None when it goes on."""
    root = root_of(ctx, root_key)
    return refusal(ctx, root) if root.suspended_at is not None else None


def root_of(ctx: Context, root_key: int) -> ProcessInstance:
    """Give the root as it is now, whatever was read of it before."""
    return ctx.session.get_one(ProcessInstance, root_key, populate_existing=True)


def refusal(ctx: Context, root: ProcessInstance) -> Suspended:
    """Give the refusal in words: who, when, why, and on which legal basis if there is one."""
    assert root.suspended_at is not None, "the caller has looked"
    who = telling.name_of(ctx, root.suspended_by)
    da, en = telling.moments(ctx, root.suspended_at)
    basis = f" ({root.suspension_hjemmel})" if root.suspension_hjemmel else ""
    return Suspended(
        f"Sagen er sat i bero af {who} den {da}: {root.suspension_reason}{basis}. Intet er gået tabt; "
        "den går videre, når den genoptages.",
        f"The case was suspended by {who} on {en}: {root.suspension_reason}{basis}. Nothing is lost; "
        "it goes on when it is resumed.",
    )
