"""`kfflow instance`: what an operator sees of one instance and does to it."""

from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams


def start(service, *elements, ids):
    source = diagrams.sequence("trin", *elements, ids=list(ids))
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("trin.bpmn", source)])
        return instances.create(ctx, process_id="trin", variables={})


def test_show_tells_where_the_instance_waits(service, kfflow):
    instance = start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    shown = kfflow("instance", "show", instance.key)
    assert shown.output == f"{instance.key} trin version 1 ACTIVE\n  trin:1 - -\n  Vurder:3 USER_TASK trin:1\n"


def test_show_of_an_unknown_key_says_so_in_both_languages(kfflow):
    shown = kfflow("instance", "show", 7)
    assert (shown.exit_code, shown.output) == (2, "Procesinstans 7 findes ikke.\nProcess instance 7 does not exist.\n")


def test_modify_moves_a_token_and_refuses_by_name(service, kfflow):
    both = [diagrams.user_task("Vurder"), diagrams.user_task("Afgoer")]
    instance = start(service, *both, ids=["Vurder", "Afgoer"])
    moved = kfflow("instance", "modify", instance.key, "--move", "Vurder", "Afgoer", "--reason", "Sprunget over")
    assert moved.output == f"{instance.key} trin version 1 ACTIVE\n"
    assert "Afgoer:4 USER_TASK trin:1" in kfflow("instance", "show", instance.key).output
    refused = kfflow("instance", "modify", instance.key, "--activate", "Begynd", "--reason", "x")
    assert refused.exit_code == 2
    assert "Begynd: Begynd kan ikke aktiveres" in refused.output


def test_migrate_tells_first_moves_then_and_goes_back(service, kfflow):
    instance = start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    second = diagrams.sequence("trin", diagrams.user_task("Afgoer"), ids=["Afgoer"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("trin.bpmn", second)])
    told = kfflow("instance", "migrate", instance.key, "--to", 2, "--dry-run")
    assert (told.exit_code, told.output.splitlines()[-1]) == (1, "0 / 1")
    assert told.output.startswith(f"{instance.key} Vurder error [UNMAPPED]")
    moved = kfflow("instance", "migrate", instance.key, "--to", 2, "--map", "Vurder", "Afgoer", "--reason", "Ny lov")
    assert (moved.exit_code, moved.output) == (0, "1 / 1\n")
    back = kfflow("instance", "undo-migration", instance.key, "--reason", "Fortrudt")
    assert back.output == f"{instance.key} trin version 1 ACTIVE\n"
