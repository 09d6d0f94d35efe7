"""Light stemming for languages that Snowball lacks: endings and particles as literal tables.

A table names what may be taken off a word after folding, as many times as it
says, as long as enough letters are left. Each was kept because it finds more in
``benchmarks/stems.py`` than no stemmer, and than Snowball's where there is one.
What is wrong in a single case does little harm: a stem only adds to the word
itself, at a lower weight.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from dragoman.analysis.fold import fold


class Affixes(NamedTuple):
    """What may be taken off the words of a language, in folded spelling."""

    suffixes: str
    """Separated by spaces; the longest that fit are taken off."""
    prefixes: str = ""
    """Separated by spaces; one may be taken off."""
    least: int = 3
    """Letters that must be left."""
    times: int = 1
    """How many suffixes may be taken off, one after the other."""


# Folded spelling: Arabic-script kaf is ك, yeh ي, every heh ه; Latin has no diacritics.
TABLES: dict[str, Affixes] = {
    # Proclitics: and, the, in, as, to, from, that, and their pairs; plurals and possessives.
    "light-hebrew": Affixes(
        "ים ות יה ית יו ה ת י ו ך ם ן נו הם הן כם",
        "ו ה ב כ ל מ ש וה וב וכ ול ומ וש שה מה בה לה כש של שב מש כשה וכש",
    ),
    # And, then, in, like, for, the, will; pronouns and plurals.
    "light-arabic": Affixes(
        "ه ها هم هن نا كم ين ون ات ان ي يه يا ت",
        "ال و ف ب ك ل وال فال بال كال لل ول وب ولل ويل س وس",
    ),
    "light-persian": Affixes(
        "ها هاي هايي هايش هاش هايشان هايم ي ان اي يي ات ام اش مان تان شان تر ترين م ش ت ند يم يد"
        " گان گي ه",
        "مي نمي ن ب",
        times=2,
    ),
    "light-sorani": Affixes(
        "ه كه كان كاني هكه هكان هكاني ان اني يان ياني يه ي يي يك يكي هكي ك هكهي مان تان م ت ش يش"
        " دا هوه وه هي ات ين را",
        times=2,
    ),
    "light-kurmanji": Affixes(
        "e a en an i in ek eke ekî yek ye ya yen yan eya de da re ra ve va ane anen iya iye"
        " ene im it kirin",
        "di na ne bi da ve ra nave",
        times=2,
    ),
    "light-urdu": Affixes("ون ين يان يون ات ي ا ه و ئي ئون وه تا تي ت نا ني ن"),
    "light-pashto": Affixes(
        "ونه ونو ان انو ي و ه ا ئي ين يان يانو گان گانو تيا وال وونكي ول وي يدل", least=3
    ),
    "light-turkic-latin": Affixes(
        "lar ler lari leri larin lerin larinin lerinin larina lerine larda lerde lardan lerden"
        " larini lerini i u in un nin nun a e ya ye na ne da de ta te nda nde dan den tan ten ndan"
        " nden si su sinin sini sina sinde im imiz miz dir dur tir li lu lik luk liq lig ligi ci cu"
        " mis di du ti tu ir ar er an en maq mek mak mag megi la le ning ni ga ka qa dagi gan ib"
        " nyn yn y ny syny synyn lyk lygy lary laryn laryny lerin larynyn lerinin nda myz",
        times=3,
    ),
    "light-east-slavic": Affixes(
        "а я о е у ю и ы і ї й ь ам ям ами ями ах ях ов ев ів їв ого ему ому его ым им ыми ими"
        " ий ый ій ая яя ое ее ою ею ую юю ых их ой ей ом ем ам ость ості остей ти ть ла ло ли в л"
        " ся сь ться тися ла на ни ав яв ува ють уть ать ять ит іт ит ет",
        times=2,
    ),
    "light-bulgarian": Affixes(
        "а я о е и ъ ът ят та то те ия ият ови ове ища ен на но ни ия ите ата ото ета ял ал ил ели"
        " али или ва ват вам ваме е ят ат им ам ски ска ско ските ската ното ният ната ните ост"
        " остта ости",
        times=2,
    ),
    "light-west-slavic": Affixes(
        "a e i o u y ou em ami emi ech ach ich ych eho emu ymi imi ym im ej ov om ovi ove ovych am"
        " at it et al el il la lo li ly na ni ne ny ost osti eni ani ho mi mu ia ie iu ii iem iach"
        " och",
        times=2,
    ),
    "light-south-slavic": Affixes(
        "a e i o u om em ama ima og eg oga ega ome emu omu oj im ih ih imi mi ov ev ova eva ovi evi"
        " ovima ah ih en na no ni ne ti la lo li le l ju je jo t st ost osti an ja ske ski ska skog"
        " skih skim skega skem anje enje anja enja",
        times=2,
    ),
    "light-latvian": Affixes(
        "a as am ai u us i is im e es em ei s os o as am iem ies um ums umu uma ais ajam ajiem ajas"
        " aja ajos ajai iem ies isana isanas ot t ts ta tu ti tas sies ja jas jam ju jiem jos",
        times=2,
    ),
    "light-albanian": Affixes(
        "a e i u in en n t te et it ut ve ne s se es is ave eve ive ja je jen jes imi imin imit uar"
        " ur ar er esi ese esit shme sh",
        times=2,
    ),
    "light-korean": Affixes(
        "은 는 이 가 을 를 의 에 에서 에게 으로 로 와 과 도 만 까지 부터 에는 에서는 으로는 들 들은"
        " 들이 들을 들의 이다 다 했다 한다 하는 하고 한 할 해 하여 했던 된다 되는 됐다 됩니다"
        " 합니다 했습니다 입니다 이라고 라고 으로부터 이나 나 이며 며 적인 적 처럼 보다 께서",
        least=2,
        times=2,
    ),
    "light-bantu": Affixes(
        "ni ini eni wa",
        "um umu u ama aba imi izi iz i ili in isi uku ubu lu ulu ba ma mi zi ku bu mu wa vi ki m n"
        " nga nge ng kwa e o e em en esi kwi ya na no ne njenga",
        least=4,
    ),
    "light-amharic": Affixes(
        "ን ው ች ዎች ኦች ው ም ና ዋ ቸው ዎቹ ት ዊ ያን", "የ በ ለ ከ እ ስለ እንደ እየ በየ የሚ ያ አ", least=2
    ),
}


# For languages of many endings that no table is better for (character n-grams: McNamee and
# Mayfield, Information Retrieval 7, 2004).
_FIRST = {"first-5": 5}

METHODS = frozenset({*TABLES, *_FIRST})
"""The names of the methods that `stems` knows."""


def stems(method: str, surface: str) -> tuple[str, ...]:
    """The stems of a surface form by one of the methods; itself where nothing comes off.

    Where a prefix may be one, the word is given without it and with it: in كتاب
    the first letter is of the root, in كبيت it is a particle.
    """
    if method in _FIRST:
        return (surface[: _FIRST[method]],)
    patterns = _patterns(method)
    found = [match[1] for pattern in patterns if (match := pattern.fullmatch(surface))]
    return tuple(found) or (surface,)


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """With the prefix on, then, if the language has some, with one taken off."""
    table = TABLES[name]
    after = f"(.{{{table.least},}}?)(?:{_any(table.suffixes)}){{0,{table.times}}}"
    before = [f"(?:{_any(table.prefixes)})"] if table.prefixes else []
    return tuple(re.compile(start + after, re.DOTALL) for start in ("", *before))


def _any(affixes: str) -> str:
    folded = {fold(affix) for affix in affixes.split()}
    return "|".join(map(re.escape, sorted(folded, key=lambda affix: (-len(affix), affix))))
