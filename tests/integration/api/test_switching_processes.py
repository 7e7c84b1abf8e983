"""Switching a process over HTTP, and its status."""


def test_a_process_is_switched_off_and_tells_what_is_open(program, deployed):
    program.post("/v2/process-instances", {"processDefinitionKey": deployed})
    body = {"institution": None, "on": False, "reason": "Fejl."}
    assert program.post("/v2/kf/processes/proeve/activation", body).json["on"] is False
    refused = program.post("/v2/process-instances", {"processDefinitionKey": deployed})
    assert (refused.status_code, refused.json["code"]) == (409, "SWITCHED_OFF")
    told = program.get("/v2/kf/processes/proeve/status").json
    assert (told["on"], told["reason"], [row["task"] for row in told["open"]]) == (False, "Fejl.", [None])
    lines = program.get("/v2/kf/processes/proeve/status.csv").text.splitlines()
    assert (lines[0], len(lines)) == ("case_number,title,institution,task,owner,due_at,deadline", 2)


def test_what_is_unknown_is_refused_by_field(program, deployed):
    assert deployed
    assert program.get("/v2/kf/processes/ukendt/status").status_code == 400
    body = {"institution": "XXX", "on": False, "reason": "Fejl."}
    assert program.post("/v2/kf/processes/proeve/activation", body).status_code == 400
