"""The print packet: each sheet says what the estimate and the facts say, and nothing of anybody else."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from estimator import facts, guide, load, packet, read
from estimator.messages import Messages, written_out
from estimator.model import KEYS, NONE, DataError
from tests.tables import AS_OF, OWN, estimated, table

DATA = load.data_folder()
MESSAGES = Messages(load.flat(DATA, "messages/en")).with_more(load.flat(DATA, "packet/en"))
PAPER = packet.Paper(
    messages=MESSAGES,
    told=guide.packet_facts(DATA),
    clinic=facts.clinic(DATA).replace(name="Elm Street Massage"),
    on=AS_OF,
    address="elm.example/guide",
)
TITLES = ["Your estimate", "Call your insurer", "Ask your doctor", "Claim checklist"]
SIX = {
    "purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo", "network": "in",
    "cost_sharing": "deductible-coinsurance", "fee": "80.00", "allowed": "80.00",
    "deductible": "300.00", "deductible_met": "0", "coinsurance": "0.20", "visits": "6",
}  # fmt: skip
THREE = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"}
CASES = {
    "nothing": {},
    "three": THREE,
    "six visits": SIX,
    "pip": {**THREE, "plan": "auto-pip", "state": "OR"},
    "medicare": {**THREE, "provider": "pt-ot", "plan": "medicare-original"},
    "work injury": {**THREE, "plan": "workers-comp", "state": "WA", "claim": "accepted"},
    "to relax": {**THREE, "purpose": "relaxation"},
    "a long course": {**SIX, "visits": "366", "per_week": "7", "visit_limit": "30"},
    "out of network": {**SIX, "network": "out", "fee": "120.00"},
}
HOSTILE = "<img src=x onerror=alert(1)>\"'&"
ASKED = {item.key for item in PAPER.told.call.ask}


def found(given):
    return written_out(estimated(given), MESSAGES)


def sheets(given, paper=PAPER):
    """The sheets of a person's packet, or of the blank one."""
    html = (
        packet.blank(paper)
        if given is None
        else packet.packet(read.case(given), found(given), paper)
    )
    return re.findall(r'<section class="sheet sheet-.*?</section>', html)


def items(html, name):
    """The text of each item of the lists of a class."""
    lists = re.findall(rf'<ul class="{name}">(.*?)</ul>', html)
    return [text(item) for part in lists for item in re.findall(r"<li>(.*?)</li>", part)]


def text(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def said(key):
    return MESSAGES.say(f"question.{key}")


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_a_packet_is_four_sheets_in_the_clinic_s_name(given):
    found_sheets = sheets(given)
    assert [re.search("<h2>(.*?)</h2>", sheet)[1] for sheet in found_sheets] == TITLES
    for number, sheet in enumerate(found_sheets, 1):
        assert f"Elm Street MassageSheet {number} of 4" in text(sheet)
        foot = text(sheet[sheet.index("<footer>") :])
        assert foot.startswith("elm.example/guideMade on November 21, 2026")
        assert "not advice" in foot


def test_a_blank_packet_is_three_sheets_of_nobody_s():
    blank = sheets(None)
    assert [re.search("<h2>(.*?)</h2>", sheet)[1] for sheet in blank] == TITLES[1:]
    assert "Sheet 1 of 3" in text(blank[0])
    assert "$" not in text(blank[0])
    assert "Your estimate" not in text("".join(blank))


def test_the_day_the_facts_were_checked_is_the_oldest():
    days = [guide.FILES[name](load.file_tree(DATA / f"{name}.yaml", name), name)
            for name in ("letters", "claim", "deadlines")]  # fmt: skip
    assert PAPER.told.reviewed == min(PAPER.told.call.reviewed, *(day["reviewed"] for day in days))


# The estimate.


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_the_assumptions_are_those_of_the_estimate_with_room_to_correct_each(given):
    steps = [step for step in found(given).steps if step.rule.startswith("assumed.")]
    sheet = sheets(given)[0]
    assert items(sheet, "assumed two") == [step.text for step in steps]
    part = sheet[sheet.index(MESSAGES.say("packet.estimate.assumed")) : sheet.index("<table")]
    assert part.count('class="line"') == len(steps)


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_the_sheet_says_the_estimate_s_own_verdict_and_dollars(given):
    estimate, sheet = found(given), text(sheets(given)[0])
    assert MESSAGES.say(f"verdict.{estimate.verdict}.word") in sheet
    assert "An estimate, not a promise." in sheet
    assert f"If your plan pays nothing{packet.as_dollars(estimate.if_denied)}" in sheet
    if estimate.range.low != estimate.range.high:
        assert (
            MESSAGES.say("packet.estimate.range", low=estimate.range.low, high=estimate.range.high)
            in sheet
        )
    for item in (*estimate.conditions, *estimate.warnings):
        assert item.text in sheet


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_every_answer_is_there_in_words(given):
    sheet = text(sheets(given)[0])
    for key in given:
        assert packet.label(MESSAGES, key) in sheet
    if given.get("coinsurance"):
        assert "Your coinsurance: 20%" in sheet
        assert "What does the clinic charge for a visit? $" in sheet
        assert "Is this therapist in your plan's network? " in sheet


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"deductible": "none"}, "my plan has none"),
        ({"plan_year_start": "07-01"}, "July 1"),
        ({"start": "2026-12-01"}, "December 1, 2026"),
        ({"per_week": "1.5"}, "1.5"),
        ({"visits": [{"fee": "80.00"}, {"fee": "90.00"}]}, "2"),
        ({"codes": [{"code": "97124", "minutes": "30"}, {"code": "97140", "minutes": "15"}]},
         "97124, 30 minutes; 97140, 15 minutes"),
        ({"packages": [{"visits": "4", "price": "400.00"}]}, "4 visits for $400"),
        ({"state": "OH"}, "OH"),
        ({"minutes": "60"}, "60"),
        ({"unit_rule": "cms"}, "as Medicare counts"),
    ],
)  # fmt: skip
def test_an_answer_reads_as_people_say_it(given, words):
    (name,) = given
    key = next(key for key in KEYS if key.name == name)
    assert packet.in_words(MESSAGES, key, read.case(given)) == words


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_question_and_every_answer_has_words(key):
    assert packet.label(MESSAGES, key.name)
    for value in () if key.name == "state" else key.values:
        assert packet.in_words(MESSAGES, key, read.case({key.name: value})) != value


def test_a_short_course_has_a_row_for_each_visit():
    sheet = sheets(SIX)[0]
    assert sheet.count('<th scope="row">') == 6
    assert "November 21, 2026$80$80$0deductible $80" in text(sheet)
    assert "Total$480$336$144deductible $300, coinsurance $36" in text(sheet)


def test_a_long_course_is_summed_up_and_says_so():
    sheet = text(sheets(CASES["a long course"])[0])
    assert "Visits with equal amounts share a line." in sheet
    assert "1 to 3from November 21, 2026$80$80$0deductible $80" in sheet
    assert "72 to 366from January 31, 2027$80$80$0not covered $80" in sheet


@pytest.mark.parametrize("most", [2, 3, 6, 12])
@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_the_rows_add_up_to_the_course(given, most):
    likely = found(given).scenarios["likely"]
    rows = list(packet._rows(likely.visits, most))
    assert len(rows) <= max(most, 1)
    counts = [row.last.number - row.first.number + 1 for row in rows]
    assert sum(counts) == len(likely.visits)
    for name in ("fee", "patient", "plan"):
        amounts = [
            row.amounts[name] * (1 if row.is_sum else count)
            for row, count in zip(rows, counts, strict=True)
        ]
        assert sum(amounts, Decimal(0)) == getattr(likely.total, name)


def test_amounts_that_never_repeat_end_in_a_row_for_the_rest():
    fees = [{"fee": f"{80 + number}.00"} for number in range(20)]
    sheet = text(sheets({**SIX, "allowed": "200.00", "visits": fees})[0])
    assert "12 to 20, all together" in sheet


# The call.


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_the_own_questions_come_first_in_the_estimate_s_order(given):
    estimate, sheet = found(given), sheets(given)[1]
    own = [item for item in estimate.questions if item.key in ASKED]
    asked = [*items(sheet, "asks"), *items(sheet, "asks crowded"), *items(sheet, "asks two"),
             *items(sheet, "asks two crowded")]  # fmt: skip
    for item, line in zip(own, asked, strict=False):
        assert line.startswith(item.text)
    places = [text(sheet).index(item.text) for item in own]
    assert places == sorted(places)


def test_the_dollars_of_an_answer_stand_beside_its_question():
    worth = [item for item in found(THREE).questions if item.swing and item.key in ASKED]
    assert len(worth) > 3
    told = text(sheets(THREE)[1])
    swings = [MESSAGES.say("answer.swing", amount=item.swing) for item in worth]
    assert re.findall(r"could change it by \$[\d,]+", told) == swings


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_what_others_know_is_to_be_found_out_before_the_call(given):
    others = [item.text for item in found(given).questions if item.key not in ASKED]
    assert items(sheets(given)[1], "in-line")[: len(others) + 1] == (
        ["Before you call:", *others]
        if others
        else ["Call the number on the back of your card. Have with you:"]
    )


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_nothing_is_asked_twice_and_what_was_answered_is_only_checked(given):
    sheet = text(sheets(given)[1])
    case = read.case(given)
    check = sheet.partition("Ask if these are right")[2]
    for key in ASKED:
        if getattr(case, key) is None:
            assert sheet.count(said(key)) <= 1
        else:
            assert said(key) not in sheet
            assert packet.label(MESSAGES, key) in check


@pytest.mark.parametrize(
    ("given", "asked", "not_asked"),
    [
        (THREE, "oop_max oop_met visit_limit visits_used funding", "secondary claim after_mmi"),
        (CASES["medicare"], "secondary", "funding oop_max oop_met visit_limit visits_used claim"),
        (CASES["pip"], "medpay_max", "secondary oop_met visits_used after_mmi"),
        ({**SIX, "visit_limit": "none"}, "", "visit_limit visits_used"),
        ({**SIX, "cost_sharing": "copay"}, "copay", "deductible coinsurance"),
        (None, " ".join(ASKED), ""),
    ],
)
def test_a_plan_is_asked_what_can_matter_to_it(given, asked, not_asked):
    sheet = text(sheets(given)[1 if given else 0])
    assert [key for key in asked.split() if said(key) not in sheet] == []
    assert [key for key in not_asked.split() if said(key) in sheet] == []


@pytest.mark.parametrize("given", [None, THREE], ids=["blank", "three"])
def test_the_call_has_its_first_and_last_words_and_room_for_who_said_it(given):
    sheet = text(sheets(given)[1 if given else 0])
    for words in (PAPER.told.call.open_with, PAPER.told.call.close_with):
        assert words["en"] in sheet
    for field in ("Date and time", "Who you spoke to", "Reference number"):
        assert field in sheet


def test_each_question_has_a_line_for_its_answer():
    for part in re.findall(r'<ul class="asks.*?</ul>', sheets(None)[0]):
        assert part.count("<li>") == part.count('class="line"') > 0


# The doctor.


@pytest.mark.parametrize(
    ("plan", "own", "others"),
    [
        ("commercial-ppo", (), ("claim-number", "va-referral", "plan-of-care")),
        ("auto-pip", ("claim-number",), ("va-referral", "plan-of-care")),
        ("va-community-care", ("va-referral",), ("claim-number", "plan-of-care")),
        ("medicare-original", ("plan-of-care",), ("claim-number", "va-referral")),
    ],
)
def test_the_order_holds_what_the_plan_asks_for_must_before_helps(plan, own, others):
    sheet = text(sheets({**THREE, "plan": plan})[2])
    labels = {item.id: item.label["en"] for item in PAPER.told.order.items}
    common = [item for item in PAPER.told.order.items if not item.payers]
    first_help = min(sheet.index(item.label["en"]) for item in common if item.needed == "helps")
    for item in common:
        assert (sheet.index(item.label["en"]) < first_help) == (item.needed == "must")
    assert [name for name in own if labels[name] not in sheet] == []
    assert [name for name in others if labels[name] in sheet] == []


def test_where_the_plan_is_not_known_the_sheet_says_for_whom_an_item_is():
    for sheet in (sheets(None)[1], sheets({})[2]):
        assert "Original Medicare: A plan of care" in text(sheet)
        assert "VA community care: The VA's referral or approval number" in text(sheet)


@pytest.mark.parametrize("given", [None, *CASES.values()], ids=["blank", *CASES])
def test_the_provider_decides(given):
    sheet = text(sheets(given)[2 if given is not None else 1])
    assert "The provider decides if massage is right" in sheet
    assert "Nobody should bend a diagnosis or an order to get a claim paid." in sheet
    assert "Confirm with your insurer." in sheet


_DIAGNOSIS = r"[A-TV-Z]\d\d\.\d"


@pytest.mark.parametrize("name", OWN)
def test_no_diagnosis_is_printed_unless_the_person_gave_it(name):
    for row in table(name):
        given = row["given"]
        if "diagnosis" in given or "diagnosed" not in given.get("purpose", ""):
            continue
        try:
            told = sheets(given)
        except DataError:  # a day for which we hold no figure
            continue
        assert re.findall(_DIAGNOSIS, text("".join(told))) == []


def test_a_diagnosis_that_was_given_stands_on_the_estimate_and_the_order():
    told = [text(sheet) for sheet in sheets({**SIX, "diagnosis": "M54.50"})]
    assert "Diagnosis code: M54.50" in told[0]
    assert "Code the patient entered" in told[2]
    assert [len(re.findall(_DIAGNOSIS, sheet)) for sheet in told] == [1, 0, 1, 0]


def test_what_a_doctor_can_settle_is_named():
    sheet = sheets({**THREE, "purpose": "symptom", "plan": "commercial-hmo"})[2]
    told = items(sheet, "check")
    assert MESSAGES.say("condition.purpose") in told
    assert MESSAGES.say("condition.referral") in told
    assert MESSAGES.say("condition.prior_auth") not in told


# The claim.


@pytest.mark.parametrize("given", [None, *CASES.values()], ids=["blank", *CASES])
def test_the_claim_has_its_seven_steps_with_their_papers(given):
    sheet = text(sheets(given)[-1])
    steps = PAPER.told.steps
    assert len(steps) == 7
    for number, step in enumerate(steps, 1):
        assert f"{number}. {step.title['en']}" in sheet
        for line in (*step.do["en"], *step.papers["en"]):
            assert line in sheet


@pytest.mark.parametrize(
    ("given", "printed", "left_out"),
    [
        (SIX, "internal-appeal external-review provider-claim claim-uhc-md",
         "medicare-appeal tricare-appeal decision-after-care pip-florida-first-care"),
        ({**SIX, "state": "MD"}, "claim-uhc-md", "claim-uhc-most-states claim-uhc-co-la-nj"),
        (CASES["medicare"], "medicare-appeal medicare-claim medicare-plan-signed", "internal-appeal"),
        (CASES["pip"], "", "pip-florida-first-care pip-new-york-notice pip-oregon-denial"),
        ({**CASES["pip"], "state": "FL"}, "pip-florida-first-care", "pip-new-york-notice"),
        (CASES["work injury"], "wa-work-injury-report", "internal-appeal"),
        (None, "internal-appeal medicare-appeal tricare-appeal fehb-appeal medicaid-appeal bill-dispute",
         "provider-claim claim-uhc-md pip-florida-first-care"),
    ],
)  # fmt: skip
def test_the_deadlines_are_those_of_the_plan_and_the_state(given, printed, left_out):
    sheet = text(sheets(given)[-1])
    what = {name: item.what["en"] for name, item in PAPER.told.deadlines.items()}
    assert [name for name in printed.split() if what[name] not in sheet] == []
    assert [name for name in left_out.split() if what[name] in sheet] == []


def test_a_clinic_s_own_state_has_its_deadlines_on_the_blank_sheet():
    at_home = PAPER.replace(clinic=PAPER.clinic.replace(state="FL"))
    what = PAPER.told.deadlines["pip-florida-first-care"].what["en"]
    assert what in text(sheets(None, at_home)[-1])


def test_a_deadline_says_how_long_from_when_and_what_to_confirm():
    sheet = text(sheets(SIX)[-1])
    assert (
        "Send your first appeal to your plan. 180 days or more from the date on the letter that"
        " says no.Last day"
    ) in sheet
    assert "from the day the request came in. Confirm with your insurer." in sheet
    assert "4 months from the date on the last letter that says no." in sheet


@pytest.mark.parametrize("item", PAPER.told.deadlines.values(), ids=lambda item: item.id)
def test_every_deadline_can_be_said(item):
    line = text(packet._deadline(PAPER, item, read.case({"plan": (item.plans or ("fehb",))[0]})))
    assert re.search(r"\d+ [a-z ]+ from the (day|date) .*\.", line)
    assert ("Confirm with" in line) == item.confirm
    assert ("Last day" in line) == (item.who == "you")


# The whole.


@pytest.mark.parametrize("given", [None, *CASES.values()], ids=["blank", *CASES])
def test_the_theme_s_search_can_leave_a_packet_out(given):
    """It looks for the end of what it leaves out by the element's name."""
    html = "".join(sheets(given))
    assert "<div" not in html
    assert " id=" not in html
    assert "style=" not in html


def test_everything_people_and_files_say_is_escaped():
    templates = {key: HOSTILE for key in MESSAGES._templates if key.startswith("packet.")}
    call = PAPER.told.call
    hostile = PAPER.replace(
        messages=MESSAGES.with_more({**templates, "verdict.unknown.word": HOSTILE}),
        clinic=PAPER.clinic.replace(name=HOSTILE),
        address=HOSTILE,
        told=PAPER.told.replace(
            call=call.replace(open_with={"en": HOSTILE}, at_hand={"en": (HOSTILE,)}),
            order=PAPER.told.order.replace(careful={"en": HOSTILE}),
            steps=tuple(item.replace(title={"en": HOSTILE}) for item in PAPER.told.steps),
        ),
    )
    html = packet.packet(read.case(THREE), found(THREE), hostile) + packet.blank(hostile)
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;") > 50


def test_words_that_nobody_has_translated_stand_in_english():
    spanish = PAPER.replace(messages=MESSAGES.with_more({"language": "es"}))
    told = PAPER.told.call.replace(close_with={"en": "Thank you.", "es": "Gracias."})
    html = packet.blank(spanish.replace(told=PAPER.told.replace(call=told)))
    assert "Gracias." in html
    assert "Thank you." not in html
    assert PAPER.told.call.at_hand["en"][0] in html


def test_a_limit_the_plan_does_not_have_is_no_unknown():
    case = read.case({"deductible": "none"})
    assert case.deductible is NONE
    assert "Your deductible: my plan has none" in text(sheets({**THREE, "deductible": "none"})[0])


def test_the_sentences_of_a_packet_are_read_apart():
    """Messages are parsed before the first estimate: a packet's must not make that wait longer."""
    assert [key for key in load.flat(DATA, "messages/en") if key.startswith("packet.")] == []
    with pytest.raises(KeyError):
        Messages(load.flat(DATA, "messages/en")).say("packet.sheet", number=1, count=4)


def test_a_packet_s_day_is_the_paper_s():
    later = PAPER.replace(on=date(2027, 1, 5))
    assert "Made on January 5, 2027" in text(sheets(THREE, later)[0])
