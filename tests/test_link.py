"""A link holds the answers, briefly, and nothing else; whatever it says, nothing else comes out."""

import random
import re
import string
from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from estimator import facts, link, load, read
from estimator.browser import answers_tree
from estimator.link import Decoded, contents, decode, encode
from estimator.messages import Messages
from estimator.model import KEYS

BY_NAME = {key.name: key for key in KEYS}
# Lists: a link has no room for them, and the form doesn't ask for them.
NEVER = {"codes", "packages"}
CARRIED = tuple(key.name for key in KEYS if key.name not in NEVER)
ASKED = tuple(item.key for group in facts.form(load.data_folder()) for item in group.fields)
HARMLESS = re.compile(r"[A-Za-z0-9.-]{1,40}")

THREE = {"purpose": "diagnosed", "provider": "lmt", "plan": "commercial-ppo"}
TYPICAL = {
    **THREE,
    "benefit": "covered",
    "network": "in",
    "prescription": "yes",
    "prior_auth": "not-needed",
    "state": "OR",
    "visits": "6",
    "fee": "120.00",
    "start": "2026-12-01",
    "cost_sharing": "deductible-coinsurance",
    "allowed": "96.50",
    "deductible": "1500.00",
    "deductible_met": "1250.00",
    "coinsurance": "0.2",
    "oop_max": "none",
}
# Shared one day, it has to open for good.
TYPICAL_LINK = "117PdGlLpSorNiBcXyJxF120A96p50HdiD1500M1250C0p2OnV6T20261201"

# What each code stands for, for good: a line may be added here, and none may change.
PINNED = """
purpose P diagnosed=d symptom=s relaxation=r
provider G lmt=l pt-ot=p chiropractor=c physician=m
plan L commercial-ppo=p commercial-hmo=h commercial-epo=e commercial-pos=s commercial-hdhp=d medicare-original=o medicare-advantage=a medicaid=m va-community-care=v tricare=t fehb=f auto-pip=i auto-medpay=y workers-comp=w self-pay=c
funding I insured=i self-funded=s
state S AL=al AK=ak AZ=az AR=ar CA=ca CO=co CT=ct DE=de DC=dc FL=fl GA=ga HI=hi ID=id IL=il IN=in IA=ia KS=ks KY=ky LA=la ME=me MD=md MA=ma MI=mi MN=mn MS=ms MO=mo MT=mt NE=ne NV=nv NH=nh NJ=nj NM=nm NY=ny NC=nc ND=nd OH=oh OK=ok OR=or PA=pa RI=ri SC=sc SD=sd TN=tn TX=tx UT=ut VT=vt VA=va WA=wa WV=wv WI=wi WY=wy
network N in=i out=o
benefit B covered=c therapy-only=t excluded=e
prescription X yes=y no=n
referral R yes=y no=n not-needed=x
prior_auth J approved=a not-needed=x needed=n denied=d
claim CL accepted=a pending=p denied=d
after_mmi AM yes=y no=n
medpay_max MP
secondary E none=n medigap=g medicaid=m other=o
diagnosis DX
minutes MN
unit_rule UR cms=c ama=a
fee F
allowed A
allowed_low AL
allowed_high AH
price_per PU visit=v unit=u
cost_sharing H deductible-coinsurance=di copay=c deductible-copay=dc copay-coinsurance=ci copay-deductible-coinsurance=cdi deductible-copay-coinsurance=dci none=n
coinsurance_base CB net-of-copay=n full-allowed=f
deductible D
deductible_met M
copay K
coinsurance C
oop_max O
oop_met Q
family_deductible FD
family_deductible_met FM
family_oop_max FL
family_oop_met FQ
deductible_type DT embedded=e aggregate=a
visit_cap VC
plan_pays_max PM
plan_paid PP
visit_limit VL
visits_used U
deductible_visits_count DV yes=y no=n
visits V
start T
per_week W
plan_year_start Y
account AC none=n hsa-payroll=p hsa-direct=d fsa=f
federal_rate FR
state_rate SR
lmn LN yes=y no=n
"""


def longest(key):
    """The answer that takes the most room in a link."""
    match key.kind:
        case "choice":
            return max(key.values, key=lambda value: len(encode({key.name: value})))
        case "money":
            return "999999999999.99"
        case "rate":
            return "0.123456"
        case "number":
            return "6.99"
        case "date":
            return "2026-12-01"
        case "month-day":
            return "07-01"
        case "code":
            return "S72.001P"
        case _:
            return str(key.high)


FULL = {name: longest(BY_NAME[name]) for name in ASKED}


def amounts(most, places):
    """Amounts up to `most`, written with all decimals, without, and with a zero in front."""
    scaled = st.integers(0, most * 10**places).map(lambda n: Decimal(n).scaleb(-places))
    written = scaled.map(lambda amount: f"{amount:f}")
    bare = scaled.map(lambda amount: f"{amount.normalize():f}")
    return st.one_of(written, bare, bare.map(lambda text: f"0{text}" if most < 10**12 else text))


def texts(key):
    """Whatever an answer to this key may be."""
    match key.kind:
        case "choice":
            found = st.sampled_from(key.values)
        case "money":
            found = st.one_of(amounts(2000, 2), amounts(10**12, 2))
        case "rate":
            found = amounts(1, 6)
        case "number":
            found = amounts(7, 2).filter(lambda text: Decimal(text) > 0)
        case "date":
            found = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)).map(str)
        case "month-day":
            found = st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(lambda day: f"{day:%m-%d}")
        case "code":
            found = st.from_regex(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", fullmatch=True)
        case _:
            found = st.integers(key.low, key.high).map(str)
    return found | st.just("none") if key.none else found


cases = st.fixed_dictionaries({}, optional={name: texts(BY_NAME[name]) for name in CARRIED})
single = st.one_of([st.fixed_dictionaries({name: texts(BY_NAME[name])}) for name in CARRIED])


def meant(answers):
    """The answers as the estimator reads them."""
    return {name: read.value(BY_NAME[name], text, name) for name, text in answers.items()}


def check(text):
    """Whatever a link says: what comes out is of the vocabulary, and small."""
    found = decode(text)
    for name, value in found.answers.items():
        assert name in CARRIED, text
        assert read.value(BY_NAME[name], value, name) is not None, text
        assert HARMLESS.fullmatch(value), text
    assert 0 <= found.dropped <= link.LONGEST
    assert not (found.newer and found.answers)
    return found


# What goes in comes out.


def comes_back(answers):
    """Assert that a link holds all of the answers, and nothing else."""
    text = encode(answers, with_diagnosis=True)
    found = decode(text)
    assert meant(found.answers) == meant(answers)
    assert (found.dropped, found.newer) == (0, False)
    assert tuple(found.answers) == contents(answers, with_diagnosis=True)
    assert encode(found.answers, with_diagnosis=True) == text


@settings(max_examples=500, deadline=None)
@given(cases)
@example(FULL)
def test_any_case_comes_back_from_a_link_as_it_was_meant(answers):
    comes_back(answers)


@settings(max_examples=1500, deadline=None)
@given(single)
def test_any_answer_comes_back_from_a_link_as_it_was_meant(answers):
    comes_back(answers)


@pytest.mark.parametrize("name", CARRIED)
def test_every_value_of_a_choice_and_both_ends_of_a_range_come_back(name):
    key = BY_NAME[name]
    ends = {"money": ("0.00", "0.01", "1000000000000"), "rate": ("0", "0.000001", "1.000000"),
            "number": ("0.01", "7"), "date": ("1990-01-01", "2100-12-31"),
            "month-day": ("01-01", "12-31"), "code": ("A00", "S72.001P")}  # fmt: skip
    for text in key.values or ends.get(key.kind, (str(key.low), str(key.high))):
        comes_back({name: text})
    comes_back({name: "none"} if key.none else {})


def test_what_the_form_understands_comes_back_to_the_letter_but_for_whole_dollars():
    messages = Messages(load.flat(load.data_folder(), "messages/en"))
    typed = {"fee": "$1,500", "allowed": "96.5", "coinsurance": "12.5%", "federal_rate": "100",
             "oop_max": "no limit", "visits": "1 2", "per_week": "0.50", "utm_source": "post"}  # fmt: skip
    tree, _ = answers_tree(typed, messages)
    assert decode(encode(tree)).answers == {
        "fee": "1500.00", "allowed": "96.50", "oop_max": "none", "coinsurance": "0.125",
        "visits": "12", "per_week": "0.5", "federal_rate": "1",
    }  # fmt: skip


def test_each_worked_example_comes_back():
    for item in facts.examples(load.data_folder()):
        tree = load.file_tree(load.data_folder() / "examples" / f"{item.id}.yaml", "")["given"]
        # A link carries what the form asks; a list of packages is the clinic's.
        given_ = {key: value for key, value in tree.items() if key != "packages"}
        text = encode(given_)
        assert meant(decode(text).answers) == meant(given_)
        assert len(text) < 120, len(text)


def test_the_same_answers_make_the_same_link_in_whatever_order_they_were_given():
    backwards = dict(reversed(TYPICAL.items()))
    assert encode(backwards) == encode(TYPICAL) == encode(TYPICAL)
    assert contents(backwards) == contents(TYPICAL)


def test_what_is_not_known_or_cannot_be_read_or_is_a_list_is_left_out():
    answers = {"fee": "", "plan": "unknown", "copay": "  ", "state": "ZZ", "allowed": "lots",
               "utm_source": "post", "codes": [{"code": "97124", "minutes": "45"}],
               "packages": [{"visits": "5", "price": "400"}], "visits": [{"fee": "90"}],
               "network": "in"}  # fmt: skip
    assert contents(answers) == ("network",)
    assert encode(answers) == "11NiZ"


def test_contents_names_the_keys_in_the_order_of_the_vocabulary():
    answers = {"fee": "90", "plan": "tricare", "diagnosis": "M54.50", "purpose": "symptom"}
    assert contents(answers) == ("purpose", "plan", "fee")
    assert contents(answers, with_diagnosis=True) == ("purpose", "plan", "diagnosis", "fee")


# Short, and safe to send.


@pytest.mark.parametrize(
    ("answers", "most"), [({}, 3), (THREE, 10), (TYPICAL, 70), (FULL, 599)],
    ids=["none", "three", "typical", "full"],
)  # fmt: skip
def test_a_link_is_short(answers, most):
    text = encode(answers)
    assert len(text) <= most, f"{len(answers)} answers take {len(text)} characters"


def test_the_full_case_answers_every_question_of_the_form():
    assert set(contents(FULL)) == set(ASKED)
    assert decode(encode(FULL)).answers.keys() == set(ASKED)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_a_link_is_letters_and_digits_only_so_that_nothing_escapes_wraps_or_cuts_it(answers):
    text = encode(answers, with_diagnosis=True)
    assert re.fullmatch(r"1[0-9]{1,2}[A-Za-z0-9]*Z", text)
    assert quote(text, safe="") == text


@pytest.mark.parametrize(
    "after",
    [".", ")", ">", "\N{RIGHT DOUBLE QUOTATION MARK}", "&utm_source=x", "%20 and more", "\n"],
)
def test_what_stands_behind_a_link_is_no_part_of_it(after):
    assert decode(encode(TYPICAL) + after) == decode(encode(TYPICAL))


# The diagnosis.


def test_a_diagnosis_travels_only_when_the_person_says_so():
    answers = {"fee": "90", "diagnosis": "M54.50"}
    assert encode(answers) == encode({"fee": "90"})
    assert "m54" not in encode(answers).lower()
    assert decode(encode(answers, with_diagnosis=True)).answers == {
        "diagnosis": "M54.50", "fee": "90.00",
    }  # fmt: skip


@pytest.mark.parametrize("piece", ["DXm", "DXm5", "DX545", "DXm54505050", "DXbackpain", "DXM5450"])
def test_a_diagnosis_that_is_not_well_formed_is_dropped(piece):
    assert decode(f"11{piece}Z") == Decoded({}, 1, newer=False)


# The table of codes.


def test_every_key_and_every_value_of_a_choice_has_a_code_of_its_own():
    assert set(link.CODES) == set(CARRIED)
    assert len(set(link._KEY_CODES.values())) == len(link.CODES)
    for name in CARRIED:
        codes = link._VALUE_CODES[name]
        assert set(BY_NAME[name].values) <= set(codes), name
        assert len(set(codes.values())) == len(codes), name


def test_codes_keep_to_their_letters_and_leave_the_end_of_a_link_alone():
    assert all(re.fullmatch("[A-Z]{1,2}", code) for code in link._KEY_CODES.values())
    assert "Z" not in link._KEY_CODES.values()
    values = [code for codes in link._VALUE_CODES.values() for code in codes.values()]
    assert all(re.fullmatch("[a-z0-9]{1,3}", code) for code in values)


def test_no_code_has_changed():
    """One that is new is added to the pinned table; one that fails here has broken old links."""
    now = [f"{name} {row}" for name, row in link.CODES.items()]
    assert now == PINNED.strip().splitlines()


def test_a_link_shared_long_ago_still_opens():
    assert encode(TYPICAL) == f"{TYPICAL_LINK}Z"
    assert decode(f"{TYPICAL_LINK}Z") == Decoded(
        {name: TYPICAL[name] for name in contents(TYPICAL)}, 0, newer=False
    )


# Damaged, newer, hostile.


@pytest.mark.parametrize("answers", [THREE, TYPICAL, FULL], ids=["three", "typical", "full"])
def test_a_link_cut_off_anywhere_keeps_what_is_whole_and_counts_what_is_lost(answers):
    text = encode(answers)
    whole = decode(text).answers
    kept = 0
    for end in range(3, len(text)):
        found = decode(text[:end])
        assert found.answers.items() <= whole.items()
        assert found.dropped == len(whole) - len(found.answers)
        assert len(found.answers) >= kept
        kept = len(found.answers)
    assert kept == len(whole) - 1


def test_an_amount_that_may_have_been_longer_is_not_kept():
    assert decode("12NiF120") == Decoded({"network": "in"}, 1, newer=False)
    assert decode("12NiF120Z") == Decoded({"network": "in", "fee": "120.00"}, 0, newer=False)


def test_a_part_lost_from_the_middle_is_counted():
    text = encode(TYPICAL)
    found = decode(text.replace("F120", ""))
    assert "fee" not in found.answers
    assert found.dropped == 1


@pytest.mark.parametrize("version", "23456789")
def test_a_link_of_a_newer_version_is_known_as_such_and_not_guessed_at(version):
    assert decode(version + encode(TYPICAL)[1:]) == Decoded({}, 0, newer=True)
    assert decode(f"{version}~anything.at-all_") == Decoded({}, 0, newer=True)


def test_an_answer_that_only_a_newer_vocabulary_knows_is_dropped_alone():
    known = {"network": "in", "fee": "90.00"}
    assert decode("14NiLqqYY5F90Z") == Decoded(known, 2, newer=False)
    assert decode("13NiZZaF90Z") == Decoded(known, 1, newer=False)


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("", 0),
        ("10Z", 0),
        ("1", 1),
        ("10", 1),  # the end is missing
        ("11NiF1", 1),
        ("0NiZ", 1),
        ("Z", 1),
        ("x", 1),
        ("1NiZ", 1),  # how many there should be is missing
        ("1999NiZ", 1),
        ("11NiNoZ", 1),  # twice: the first one counts
        ("11F96p5Z", 1),  # not as we write it
        ("11F096Z", 1),
        ("11F96p00Z", 1),
        ("11F-5Z", 1),
        ("11F1e9Z", 1),
        ("11FnZ", 1),  # a fee can't be "none"
        ("11F1000000000001Z", 1),  # more than 10^12
        ("11F\u0661\u0662Z", 1),  # digits of another script
        ("11V0Z", 1),
        ("11V367Z", 1),
        ("11C1p1Z", 1),
        ("11T20260230Z", 1),
        ("11T17760704Z", 1),
        ("11Y0229Z", 1),
        ("11W0Z", 1),
        ("11SxxZ", 1),
        ("11%4EiZ", 1),
        ("11N<b>Z", 1),
        ("11Ni Z", 1),
        ("11__proto__Z", 1),
        ("%31%31NiZ", 1),
    ],
)
def test_what_cannot_be_understood_or_is_out_of_range_is_dropped_and_counted(text, dropped):
    found = decode(text)
    assert found.dropped == dropped
    assert found.answers in ({}, {"network": "in"})
    assert not found.newer


@pytest.mark.parametrize("unit", ["F1", "A", "Z", "9", "NiNo", "%25", "\0", "\ud800", "SZ", "aB"])
def test_of_a_huge_link_only_the_beginning_is_read(unit):
    text = "150" + unit * 1_000_000
    assert check(text) == check(text[: link.LONGEST])


ALPHABETS = (
    string.ascii_letters + string.digits,
    string.printable,
    "".join(code + "npyi0159Z" for code in link._KEY_CODES.values()),
    "<>&\"'%`=/\\\0\u202e\u0661\ud800\U0001f486Zz1",
)


def mutated(chance, text):
    """A link with a few characters changed, lost, doubled, moved or escaped."""
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(len(text) + 1), chance.randint(0, 5)
        piece = text[at : at + size]
        other = "".join(chance.choices(chance.choice(ALPHABETS), k=chance.randint(0, 4)))
        new = chance.choice(
            [other, "", piece * 2, piece + other, piece[::-1], piece.swapcase(),
             "".join(f"%{ord(letter) % 256:02X}" for letter in piece), quote(quote(piece + "<", safe="", errors="replace"))]
        )  # fmt: skip
        text = text[:at] + new + text[at + size :]
    return text


def hostile(chance, links):
    """One input of some strategy."""
    match chance.randrange(8):
        case 0:
            return "".join(chance.choices(chance.choice(ALPHABETS), k=chance.randrange(60)))
        case 1:
            return "1" + "".join(chance.choices(ALPHABETS[2], k=chance.randrange(60))) + "Z"
        case 2:
            return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(30)))
        case 3:
            return quote(quote(quote(chance.choice(links), safe="")).swapcase())
        case 4 if not chance.randrange(50):
            return mutated(chance, chance.choice(links)) * 500
        case _:
            return mutated(chance, chance.choice(links))


def test_nothing_but_the_vocabulary_comes_out_of_a_hundred_thousand_hostile_links():
    chance = random.Random(20261121)
    links = [encode(THREE), encode(TYPICAL), encode(FULL)] * 20
    links += [
        encode({name: FULL.get(name) or longest(BY_NAME[name])}, with_diagnosis=True)
        for name in CARRIED
    ]
    kept = 0
    for _ in range(100_000):
        kept += bool(check(hostile(chance, links)).answers)
    assert 20_000 < kept < 80_000, f"{kept} inputs gave some answer: too few or too many to tell"


@settings(max_examples=2000, deadline=None)
@given(st.one_of(
    st.text(),
    st.text(alphabet=ALPHABETS[2]).map(lambda text: f"19{text}Z"),
    st.tuples(st.sampled_from([encode(TYPICAL), encode(FULL)]), st.integers(0, 400), st.text())
    .map(lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]),
))  # fmt: skip
def test_nothing_but_the_vocabulary_comes_out_of_any_text(text):
    check(text)
