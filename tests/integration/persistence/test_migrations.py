"""The migrations lead from nothing to exactly what the code describes."""

from alembic import command
from sqlalchemy import select, text

from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Job, Scenario, metadata


def test_an_empty_database_is_brought_to_what_the_tables_say(postgres):
    url = embedded.fresh(postgres, "kfflow_migrations")
    database = Database(url)
    assert schema.current(database) is None
    schema.upgrade(database)
    schema.upgrade(database)
    assert schema.current(database) == schema.head()
    command.check(schema.configuration(url))
    database.close()


# A job alone, whose kept result was taken out by the code before.
_TAKEN_OUT = text("""
INSERT INTO job (key, instance_key, root_key, case_key, definition_key, process_id, token, element_id, type, state,
                 retries, due_at, headers, variables, held_result, created_at)
VALUES (1, 1, 1, 1, 1, 'p', 't', 'e', 'udenfor', 'CREATED', 1, now(), '{}', '{}', 'null', now())
""")


def test_a_job_whose_kept_result_was_taken_out_keeps_nothing(postgres):
    database = Database(embedded.fresh(postgres, "kfflow_migrations"))
    schema.upgrade(database, "0035")
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # without the instance that it is of
        session.execute(_TAKEN_OUT)
    schema.upgrade(database)
    with database.transaction() as session:
        assert session.scalars(select(Job.key).where(Job.held_result.is_(None))).all() == [1]
    database.close()


_KEPT_BEFORE = text("""
INSERT INTO deployment (key, deployed_at, deployed_by) VALUES (1, now(), 'x'), (2, now(), 'x');
INSERT INTO resource (key, deployment_key, name, kind, source, sha256) VALUES
  (11, 1, 'sag.en.yaml', 'scenario', convert_to(E'# lov\\nname: ''Én sag: før''\\nprocess: sag', 'UTF8'), ''),
  (12, 1, 'sag.to.yaml', 'scenario', convert_to(E'process: sag', 'UTF8'), ''),
  (13, 2, 'sag.en.yaml', 'scenario', convert_to(E'name: Efter\\r\\nprocess: sag', 'UTF8'), ''),
  (14, 2, 'sag.bpmn', 'bpmn', '', '')
""")


def test_scenarios_kept_before_are_versions_in_the_order_in_which_they_were_kept(postgres):
    database = Database(embedded.fresh(postgres, "kfflow_migrations"))
    schema.upgrade(database, "0042")
    with database.transaction() as session:
        session.execute(_KEPT_BEFORE)
    schema.upgrade(database)
    with database.transaction() as session:
        kept = session.scalars(select(Scenario).order_by(Scenario.key)).all()
        told = [(one.scenario_id, one.process_id, one.version, one.title, one.gyldig_fra) for one in kept]
    assert told == [
        ("sag.en", "sag", 1, "Én sag: før", None),
        ("sag.to", "sag", 1, "", None),
        ("sag.en", "sag", 2, "Efter", None),
    ]
    database.close()


def test_every_instant_has_a_zone():
    from sqlalchemy import DateTime

    naive = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime) and not column.type.timezone
    ]
    assert naive == []
