"""Words written with a full stop that does not end the sentence, by language.

Only those are needed behind which a capital letter is usual: where a small
letter follows, nothing ends anyway, in any language.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# Behind these the sentence goes on, whatever follows.
_TITLES: Final[dict[str, str]] = {
    "": "dr prof mr mrs ms st vs cf e.g i.e",
    "ar": "د أ م ا أ.د",
    "az": "prof dos cən",
    "bg": "г г-н г-жа д-р ул проф инж акад св гр бул чл",
    "bn": "ড ডা মো মোঃ প্রফে অধ্যা",
    "bs": "gosp gđa mr doc dr prof sv tzv npr",
    "ca": "sr sra dr dra srta st sta av",
    "cs": "ing mgr bc mudr judr phdr rndr sv ul tzv např čl pí",
    "da": "hr fr frk bl.a f.eks ca mfl ing adv kl nr skt",
    "de": "hr fr frl dipl ing bzw ca z.b d.h u.a u.ä o.ä i.d.r v.a sog st abs mio mrd evtl ggf"
    " inkl exkl zzgl insb bspw tel str hl geb gest vgl zb usf nr",
    "el": "κ κα κος κον δρ καθ αγ λ.χ π.χ οδ",
    "en": "messrs gen col lt sgt cpl capt cmdr adm maj pvt brig rep reps sen sens gov rev hon mt"
    " ft supt insp fr sr pres amb atty asst assoc dept univ ave blvd viz ex al",
    "es": "sr sra srta sres dra d dña ud uds gral lic ing arq av avda sto sta fr mons ee.uu ej",
    "et": "hr pr dr prof nn nt",
    "fa": "د ق م هـ",
    "fi": "tri esim ns ko mm tk ks",
    "fil": "g gng bb gg kgg sen rep gob pang",
    "fr": "m mm mme mmes mlle mlles me mes pr ste ch gal col cdt lt av bd p.ex",
    "gl": "sr sra dra d dna av",
    "he": "גב עו״ד ד״ר",
    "hi": "डॉ डा श्री श्रीमती प्रो पं स्व मि कु मौ ले कर्नल मो मु"
    " ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड",
    "hr": "gosp gđa mr doc dr prof sv tzv npr",
    "hu": "dr id ifj özv prof kb pl ún szt st",
    "hy": "պրոֆ դոկտ",
    "id": "ir drs dra h hj kh tn ny sdr yth jl jend kol letjen mayjen brigjen kompol",
    "is": "hr fr sr dr próf t.d þ.e m.a",
    "it": "sig sigg sig.ra dott dott.ssa avv prof.ssa ing arch on mons cav gen col s ss",
    "kk": "проф акад",
    "ko": "",
    "lt": "prof doc gerb p pvz akad kun gen",
    "lv": "prof doc piem kgs",
    "mk": "г г-ѓа д-р проф акад св ул",
    "mr": "डॉ प्रा श्री सौ कै मा ए बी सी डी ई एफ जी एच आय जे के एल एम एन ओ पी आर एस टी यू व्ही",
    "ms": "en pn hj tn dato yb",
    "nb": "bl.a f.eks ca hr fr st kl",
    "ne": "डा श्री प्रा पं स्व ए बी सी डी एम एन के पी एस आर टी",
    "nl": "dhr mevr mw drs ir ing mr ds bijv nl o.a d.w.z z.g zgn ca st",
    "nn": "bl.a t.d ca hr fr st kl",
    "pl": "inż mgr ul św gen płk mjr kpt por ks im hab tzw np al red tj m.in ppłk mec",
    "pt": "sr sra srs sras dra d eng arq exmo exma av ilmo pe dep gen cel ten sto sta",
    "ro": "dl dna dlui sf str ing col gen lt mr conf acad",
    "ru": "г гг ул им тов проф акад просп пл пос обл ст св о-в г-н г-жа д-р т.е т.н т.к т.ч"
    " напр гр оз р ген полк кап",
    "sk": "ing mgr bc mudr judr sv ul tzv napr čl p",
    "sl": "g ga gdč mag doc sv t.i npr",
    "sq": "z znj prof",
    "sr": "г г-ђа проф др мр св тзв нпр dr prof mr gosp sv tzv npr",
    "sv": "bl.a t.ex s.k hr fr st kl ca dvs",
    "ta": "டாக்டர் திரு திருமதி பேரா",
    "te": "డా శ్రీ ప్రొ",
    "tr": "doç av sn yrd öğr gör uzm op alb org tuğg vb hz",
    "uk": "м вул ім тов проф акад просп пл обл св п с р т.зв напр гр оз ст ген полк",
    "ur": "ڈاکٹر",
    "vi": "tp ts ths pgs gs bs ks tt tx",
}

# Behind these it goes on where a number follows.
_BEFORE_NUMBERS: Final[dict[str, str]] = {
    "": "no nos nr art arts fig figs vol p pp ch sec cap pag pág sect cl par № abs ziff bd ca"
    " approx jan feb mar apr jun jul aug sep sept oct nov dec tel",
    "bg": "стр чл ал том",
    "de": "jh kap s anm az",
    "es": "núm n.º ley",
    "fr": "n°",
    "id": "hlm thn",
    "pl": "str poz ust pkt ok r",
    "ru": "стр рис табл ст п пп ч гл кв д корп тел",
    "tr": "mad sf",
    "uk": "стор рис табл п ч гл кв буд",
}


@lru_cache(maxsize=256)
def titles(language: str) -> frozenset[str]:
    """Words, in lower case, whose full stop never ends a sentence."""
    return _row(_TITLES, language)


@lru_cache(maxsize=256)
def before_numbers(language: str) -> frozenset[str]:
    """Words, in lower case, whose full stop ends no sentence where a number follows."""
    return _row(_BEFORE_NUMBERS, language)


def _row(table: dict[str, str], language: str) -> frozenset[str]:
    return frozenset(f"{table['']} {table.get(language, '')}".casefold().split())
