"""What people answer in the forms of the leave process, as the plan of the case has it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from kfflow.demo.plans import Ending, Outing, Plan
from kfflow.simulation.hours import ZONE
from kfflow.simulation.outings import next_outing

Answers = dict[str, Any]
QUARANTINE_DAYS = 30
DEFERRED_SHARE = 0.6
"""Share of the applications before their time that wait for it; in the rest the time is waived."""


@dataclass(slots=True)
class Situation:
    """A case at the moment when somebody answers; `earliest` is the first date of leave as the tables have it."""

    plan: Plan
    rng: Random
    at: datetime
    now: datetime
    outings: int = 0
    home_at: datetime | None = None
    earliest: str | None = None

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZONE)

    @property
    def today(self) -> str:
        return self.local.date().isoformat()


def of_task(element_id: str, situation: Situation) -> Answers | None:
    """Give the answers for the form of a user task; None for a task that the demo does not know."""
    known = _ANSWERS.get(element_id)
    return known(situation) if known else None


def _register(s: Situation) -> Answers:
    inmate, sentence = s.plan.inmate, s.plan.inmate.sentence
    answers = {
        **{k: v for k, v in s.plan.application().items() if not k.startswith("indsat_")},
        "formaal_beskrivelse": "Besøg og samvær efter aftale med adressaten.",
        "adressat_navn": "Adressat (SYNTETISK)",
        "regime": inmate.unit.regime,
        "indsat_dato": inmate.admitted_on.isoformat(),
        "i_institution_siden": inmate.in_institution_since.isoformat(),
        "straftype": sentence.kind,
        "straf_maaneder": sentence.months,
        "straf_start": sentence.start.isoformat(),
        "straf_slut": sentence.end.isoformat() if sentence.end else None,
        "foerste_uledsagede": s.plan.kind == "regelmaessig" and sentence.kind == "tidsbestemt",
        "ledsaget": s.plan.kind == "udflugt",
        "bande_i_konflikt": s.plan.ending is Ending.BARRED,
        "anden_sag": False,
        "varetaegt": False,
        **{name: value for name, value in inmate.traits.items() if name != "forurettet_anmodet"},
        "forurettet_anmodet": bool(inmate.traits["forurettet_anmodet"]),
    }
    if not answers["forurettet_anmodet"]:
        del answers["varetaegt_foer_dom"], answers["kriminalitetstype"]
    return {name: value for name, value in answers.items() if value is not None}


def _wait(s: Situation) -> Answers:
    waits = s.earliest is not None and s.rng.random() < DEFERRED_SHARE
    if waits or s.plan.ending is Ending.DEFERRED:
        return {"ventetid_valg": "udsaet", "tidligste_udgang": s.earliest or _in_days(s, 60)}
    return {"ventetid_valg": "fravig", "ventetid_begrundelse": "Datoen ligger nær, og forløbet har været uden mærker."}


def _in_days(s: Situation, days: int) -> str:
    return (s.local.date() + timedelta(days=days)).isoformat()


def _exception(_s: Situation) -> Answers:
    return {"undtagelse_valg": "fasthold", "undtagelse_notat": "Der foreligger ikke helt særlige omstændigheder."}


def _risk(s: Situation) -> Answers:
    refused = s.plan.ending in (Ending.REFUSED, Ending.WITHDRAWN)
    return {
        "risikogrunde": ["nr3", "nr4"] if refused else [],
        "misbrugsrisiko": "afgoerende" if refused else s.rng.choice(["ingen", "ingen", "nogen"]),
        "risiko_begrundelse": "Tidligere udgang er misbrugt under denne afsoning."
        if refused
        else "Ingen bestemte grunde taler imod udgang.",
    }


def _address(_s: Situation) -> Answers:
    return {"adresse_resultat": "godkendt", "modtager_samtykker": True, "naer_forurettet": False}


def _recommendation(s: Situation) -> Answers:
    if s.plan.ending in (Ending.REFUSED, Ending.WITHDRAWN):
        return {
            "indstilling": "afslag",
            "indstilling_begrundelse": "Risikoen for misbrug kan ikke imødegås med vilkår.",
        }
    return {
        "indstilling": "imoedekom",
        "vilkaar": s.rng.sample(["ingen_alkohol", "ophold_paa_adresse", "urinproeve_efter", "meldetid"], 2),
        "indstilling_begrundelse": "Formålet er i orden, og adressen er godkendt.",
    }


def _decision(s: Situation) -> Answers:
    if s.plan.ending is Ending.APPROVED or s.plan.ending is Ending.DEFERRED:
        return {"udfald": "imoedekommet", "vilkaar": ["ingen_alkohol", "ophold_paa_adresse"]}
    ground = "Politiet vurderer tilknytning til en gruppe i væbnet konflikt."
    if s.plan.ending is not Ending.BARRED:
        ground = "Der er bestemte grunde til at antage, at udgangen vil blive misbrugt."
    return {"udfald": "afslag", "begrundelse": ground, "afgoerelse_hjemmel": "straffuldbyrdelsesloven § 46"}


def _communicate(s: Situation) -> Answers:
    return {"meddelt_dato": s.today, "klagevejledning_givet": True, "kopi_udleveret": True}


def _plan_outing(s: Situation) -> Answers:
    start, end = outing_times(s)
    return {"plan_valg": "afholdes", "udgang_start": _text(start), "udgang_retur": _text(end)}


def outing_times(s: Situation) -> tuple[datetime, datetime]:
    """Give when the next outing begins and ends: § 38 weekends, a day's work, or around now as the plan wants it."""
    if s.plan.outing in (Outing.RUNNING, Outing.OVERDUE, Outing.ABSCONDED) and s.outings == 0:
        return _around_now(s)
    return next_outing(s.plan.kind, max(s.plan.wanted_from, s.local.date() + timedelta(days=2)))


def _around_now(s: Situation) -> tuple[datetime, datetime]:
    yesterday = s.now.astimezone(ZONE).date() - timedelta(days=1)
    start = max(_local(yesterday, 10), s.local + timedelta(hours=3))
    minute = s.now.astimezone(ZONE).replace(second=0, microsecond=0)
    ends = {
        Outing.RUNNING: minute + timedelta(hours=s.rng.randint(3, 30)),
        Outing.OVERDUE: minute - timedelta(minutes=s.rng.randint(12, 26)),
        Outing.ABSCONDED: minute - timedelta(minutes=115),
    }
    return start, ends[s.plan.outing]


def _local(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def _text(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def _check(s: Situation) -> Answers:
    if s.plan.outing is Outing.CANCELED and s.outings == 0:
        return {
            "kontrol_resultat": "stop",
            "kontrol_bemaerkning": "Positiv urinprøve i dag.",
            "urinproeve_foer": "positiv",
        }
    return {"kontrol_resultat": "ok", "urinproeve_foer": "negativ"}


def _home(s: Situation) -> Answers:
    breach = s.plan.outing is Outing.BREACH and s.outings == 0
    answers: Answers = {
        "hjemkomst_tid": _text(s.home_at or s.at),
        "visiteret": True,
        "urinproeve_efter": "positiv" if breach else "negativ",
        "vilkaarsbrud": breach,
        "sigtet": False,
    }
    return answers | ({"hjemkomst_bemaerkning": "Urinprøven er positiv for hash."} if breach else {})


def _reaction(s: Situation) -> Answers:
    ground = {"reaktion_begrundelse": "Vilkåret er overtrådt; den indsatte er hørt."}
    if s.plan.outing is Outing.BREACH:
        return {"reaktion": "karantaene", "karantaene_til": _in_days(s, QUARANTINE_DAYS), **ground}
    return {"reaktion": "fradrag", "fradrag_min": 45, **ground}


_ANSWERS: dict[str, Callable[[Situation], Answers]] = {
    "RegistrerAnsoegning": _register,
    "VurderVentetid": _wait,
    "VurderUndtagelse": _exception,
    "VurderMisbrugsrisiko": _risk,
    "GodkendUdgangsadresse": _address,
    "UdarbejdIndstilling": _recommendation,
    "SpoergOmForelaeggelse": lambda s: {"forelaeg": True, "spurgt_dato": s.today},
    "UnderretOmForsinkelse": lambda s: {
        "lovet_svar": _in_days(s, 7),
        "forsinkelse_begrundelse": "Politiets udtalelse mangler.",
    },
    "LukSagen": lambda _s: {"luk_begrundelse": "Ansøgningen er trukket tilbage.", "underretning_sendt": True},
    "TraefAfgoerelse": _decision,
    "MeddelAfgoerelse": _communicate,
    "RegistrerManuelt": lambda _s: {"registreret_manuelt": True},
    "UdarbejdPartshoering": lambda _s: {
        "partshoering_tekst": "Vi overvejer at afgøre sagen imod dig. Du kan udtale dig."
    },
    "AfleverPartshoering": lambda s: {"afleveret_dato": s.today},
    "RykForSvar": lambda s: {"rykket_dato": s.today, "rykker_notat": "Rykket pr. telefon."},
    "BeslutUdenSvar": lambda _s: {"manglende_svar": "uden_svar", "udtalelse": "Intet svar efter to rykkere."},
    "KontrollerModtager": lambda _s: {"forurettet_modtager": "Forurettet (SYNTETISK)", "undlad_underretning": False},
    "UnderretManuelt": lambda s: {"underretning_maade": "brev", "underrettet_tid": _text(s.at)},
    "PlanlaegUdgang": _plan_outing,
    "GenvurderTilladelse": lambda _s: {
        "genvurdering_valg": "fortsaet",
        "genvurdering_begrundelse": "Karantænen er udstået uden nye forhold.",
    },
    "KlargoerUdgang": lambda _s: {
        "vilkaar_underskrevet": True,
        "penge_klar": True,
        "billet_klar": True,
        "udgangspas_klar": True,
    },
    "KontrollerAktueltGrundlag": _check,
    "AflysUdgang": lambda _s: {"aflysning_begrundelse": "Positiv urinprøve før afgang.", "indsat_underrettet": True},
    "RegistrerAfgang": lambda s: {"afgang_tid": _text(s.at)},
    "VurderHaendelse": lambda _s: {"haendelse_beskrivelse": "Adressaten meldte uro.", "haendelse_valg": "fortsaet"},
    "RingTilIndsat": lambda s: {
        "opkald_resultat": "ingen_kontakt" if s.plan.outing is Outing.ABSCONDED else "paa_vej",
        "opkald_notat": "Telefonen tages ikke." if s.plan.outing is Outing.ABSCONDED else "Sidder i toget.",
    },
    "EfterlysHosPoliti": lambda s: {"efterlyst_tid": _text(s.at), "politi_journalnummer": "SYN-0700-00001"},
    "RegistrerHjemkomst": _home,
    "Misbrugsrapport": lambda s: {
        "misbrug_beskrivelse": "Positiv urinprøve ved hjemkomst."
        if s.plan.outing is Outing.BREACH
        else "Kom 45 minutter for sent tilbage.",
        "disciplinaersag": False,
    },
    "AfgoerReaktion": _reaction,
}
