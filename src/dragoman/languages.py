"""What Dragoman knows of each language, as one literal table.

Tags are BCP 47: the shortest registered code of the language (``ar``, ``ckb``,
``zh``). The script is kept beside the tag, never inside it.
"""

from __future__ import annotations

from typing import NamedTuple


class Language(NamedTuple):
    """One row of the table."""

    tag: str
    """BCP 47 primary language subtag."""
    name: str
    """English name."""
    scripts: tuple[str, ...]
    """ISO 15924 codes of the scripts it is written in, the commonest first."""
    flores: tuple[str, ...] = ()
    """Its codes in FLORES-200."""
    langdetect: str = ""
    """The name of langdetect's own profile, or empty."""
    snowball: str = ""
    """The name of its Snowball stemming algorithm, or empty."""
    argos: str = ""
    """Its code in Argos packages, or empty."""
    group: str = ""
    """The macro-language it shares with close relatives, or empty."""


# fmt: off
_TABLE: tuple[Language, ...] = (
    Language("ace", "Acehnese", ("Arab", "Latn"), ("ace_Arab", "ace_Latn"), "", "", "", ""),
    Language("acm", "Mesopotamian Arabic", ("Arab",), ("acm_Arab",), "", "", "", ""),
    Language("acq", "Ta’izzi-Adeni Arabic", ("Arab",), ("acq_Arab",), "", "", "", ""),
    Language("aeb", "Tunisian Arabic", ("Arab",), ("aeb_Arab",), "", "", "", ""),
    Language("af", "Afrikaans", ("Latn",), ("afr_Latn",), "af", "", "", ""),
    Language("ajp", "South Levantine Arabic", ("Arab",), ("ajp_Arab",), "", "", "", ""),
    Language("ak", "Akan", ("Latn",), ("aka_Latn",), "", "", "", ""),
    Language("am", "Amharic", ("Ethi",), ("amh_Ethi",), "", "", "", ""),
    Language("apc", "North Levantine Arabic", ("Arab",), ("apc_Arab",), "", "", "", ""),
    Language("ar", "Arabic", ("Arab", "Latn"), ("arb_Arab", "arb_Latn"), "ar", "arabic", "ar", ""),
    Language("ars", "Najdi Arabic", ("Arab",), ("ars_Arab",), "", "", "", ""),
    Language("ary", "Moroccan Arabic", ("Arab",), ("ary_Arab",), "", "", "", ""),
    Language("arz", "Egyptian Arabic", ("Arab",), ("arz_Arab",), "", "", "", ""),
    Language("as", "Assamese", ("Beng",), ("asm_Beng",), "", "", "", ""),
    Language("ast", "Asturian", ("Latn",), ("ast_Latn",), "", "", "", ""),
    Language("awa", "Awadhi", ("Deva",), ("awa_Deva",), "", "", "", ""),
    Language("ay", "Aymara", ("Latn",), ("ayr_Latn",), "", "", "", ""),
    Language("az", "Azerbaijani", ("Latn",), ("azj_Latn",), "", "", "az", ""),
    Language("azb", "South Azerbaijani", ("Arab",), ("azb_Arab",), "", "", "", ""),
    Language("ba", "Bashkir", ("Cyrl",), ("bak_Cyrl",), "", "", "", ""),
    Language("ban", "Balinese", ("Latn",), ("ban_Latn",), "", "", "", ""),
    Language("be", "Belarusian", ("Cyrl",), ("bel_Cyrl",), "", "", "", ""),
    Language("bem", "Bemba", ("Latn",), ("bem_Latn",), "", "", "", ""),
    Language("bg", "Bulgarian", ("Cyrl",), ("bul_Cyrl",), "bg", "", "bg", ""),
    Language("bho", "Bhojpuri", ("Deva",), ("bho_Deva",), "", "", "", ""),
    Language("bjn", "Banjar", ("Arab", "Latn"), ("bjn_Arab", "bjn_Latn"), "", "", "", ""),
    Language("bm", "Bambara", ("Latn",), ("bam_Latn",), "", "", "", ""),
    Language("bn", "Bangla", ("Beng",), ("ben_Beng",), "bn", "", "bn", ""),
    Language("bo", "Tibetan", ("Tibt",), ("bod_Tibt",), "", "", "", ""),
    Language("br", "Breton", ("Latn",), (), "", "", "", ""),
    Language("bs", "Bosnian", ("Latn",), ("bos_Latn",), "", "", "", "hbs"),
    Language("bug", "Buginese", ("Latn",), ("bug_Latn",), "", "", "", ""),
    Language("ca", "Catalan", ("Latn",), ("cat_Latn",), "ca", "catalan", "ca", ""),
    Language("ceb", "Cebuano", ("Latn",), ("ceb_Latn",), "", "", "", ""),
    Language("chr", "Cherokee", ("Cher",), (), "", "", "", ""),
    Language("cjk", "Chokwe", ("Latn",), ("cjk_Latn",), "", "", "", ""),
    Language("ckb", "Central Kurdish (Sorani)", ("Arab",), ("ckb_Arab",), "", "", "", "ku"),
    Language("crh", "Crimean Tatar", ("Latn",), ("crh_Latn",), "", "", "", ""),
    Language("cs", "Czech", ("Latn",), ("ces_Latn",), "cs", "czech", "cs", ""),
    Language("cv", "Chuvash", ("Cyrl",), (), "", "", "", ""),
    Language("cy", "Welsh", ("Latn",), ("cym_Latn",), "cy", "", "", ""),
    Language("da", "Danish", ("Latn",), ("dan_Latn",), "da", "danish", "da", ""),
    Language("de", "German", ("Latn",), ("deu_Latn",), "de", "german", "de", ""),
    Language("din", "Dinka", ("Latn",), ("dik_Latn",), "", "", "", ""),
    Language("dv", "Divehi", ("Thaa",), (), "", "", "", ""),
    Language("dyu", "Dyula", ("Latn",), ("dyu_Latn",), "", "", "", ""),
    Language("dz", "Dzongkha", ("Tibt",), ("dzo_Tibt",), "", "", "", ""),
    Language("ee", "Ewe", ("Latn",), ("ewe_Latn",), "", "", "", ""),
    Language("el", "Greek", ("Grek",), ("ell_Grek",), "el", "greek", "el", ""),
    Language("en", "English", ("Latn",), ("eng_Latn",), "en", "english", "en", ""),
    Language("eo", "Esperanto", ("Latn",), ("epo_Latn",), "", "esperanto", "eo", ""),
    Language("es", "Spanish", ("Latn",), ("spa_Latn",), "es", "spanish", "es", ""),
    Language("et", "Estonian", ("Latn",), ("est_Latn",), "et", "estonian", "et", ""),
    Language("eu", "Basque", ("Latn",), ("eus_Latn",), "", "basque", "eu", ""),
    Language("fa", "Persian", ("Arab",), ("pes_Arab",), "fa", "persian", "fa", "fas"),
    Language("ff", "Fula", ("Latn", "Adlm"), ("fuv_Latn",), "", "", "", ""),
    Language("fi", "Finnish", ("Latn",), ("fin_Latn",), "fi", "finnish", "fi", ""),
    Language("fil", "Filipino", ("Latn",), ("tgl_Latn",), "tl", "", "tl", ""),
    Language("fj", "Fijian", ("Latn",), ("fij_Latn",), "", "", "", ""),
    Language("fo", "Faroese", ("Latn",), ("fao_Latn",), "", "", "", ""),
    Language("fon", "Fon", ("Latn",), ("fon_Latn",), "", "", "", ""),
    Language("fr", "French", ("Latn",), ("fra_Latn",), "fr", "french", "fr", ""),
    Language("fur", "Friulian", ("Latn",), ("fur_Latn",), "", "", "", ""),
    Language("fy", "Western Frisian", ("Latn",), (), "", "", "", ""),
    Language("ga", "Irish", ("Latn",), ("gle_Latn",), "", "irish", "ga", ""),
    Language("gd", "Scottish Gaelic", ("Latn",), ("gla_Latn",), "", "", "", ""),
    Language("gl", "Galician", ("Latn",), ("glg_Latn",), "", "", "gl", ""),
    Language("gn", "Guarani", ("Latn",), ("grn_Latn",), "", "", "", ""),
    Language("gu", "Gujarati", ("Gujr",), ("guj_Gujr",), "gu", "", "", ""),
    Language("gv", "Manx", ("Latn",), (), "", "", "", ""),
    Language("ha", "Hausa", ("Latn",), ("hau_Latn",), "", "", "", ""),
    Language("he", "Hebrew", ("Hebr",), ("heb_Hebr",), "he", "", "he", ""),
    Language("hi", "Hindi", ("Deva",), ("hin_Deva",), "hi", "hindi", "hi", ""),
    Language("hmn", "Hmong", ("Latn",), (), "", "", "", ""),
    Language("hne", "Chhattisgarhi", ("Deva",), ("hne_Deva",), "", "", "", ""),
    Language("hr", "Croatian", ("Latn",), ("hrv_Latn",), "hr", "", "", "hbs"),
    Language("ht", "Haitian Creole", ("Latn",), ("hat_Latn",), "", "", "", ""),
    Language("hu", "Hungarian", ("Latn",), ("hun_Latn",), "hu", "hungarian", "hu", ""),
    Language("hy", "Armenian", ("Armn",), ("hye_Armn",), "", "armenian", "", ""),
    Language("id", "Indonesian", ("Latn",), ("ind_Latn",), "id", "indonesian", "id", "msa"),
    Language("ig", "Igbo", ("Latn",), ("ibo_Latn",), "", "", "", ""),
    Language("ilo", "Iloko", ("Latn",), ("ilo_Latn",), "", "", "", ""),
    Language("is", "Icelandic", ("Latn",), ("isl_Latn",), "", "", "", ""),
    Language("it", "Italian", ("Latn",), ("ita_Latn",), "it", "italian", "it", ""),
    Language("iu", "Inuktitut", ("Cans",), (), "", "", "", ""),
    Language("ja", "Japanese", ("Jpan",), ("jpn_Jpan",), "ja", "", "ja", ""),
    Language("jv", "Javanese", ("Latn",), ("jav_Latn",), "", "", "", ""),
    Language("ka", "Georgian", ("Geor",), ("kat_Geor",), "", "", "", ""),
    Language("kab", "Kabyle", ("Latn",), ("kab_Latn",), "", "", "", ""),
    Language("kac", "Kachin", ("Latn",), ("kac_Latn",), "", "", "", ""),
    Language("kam", "Kamba", ("Latn",), ("kam_Latn",), "", "", "", ""),
    Language("kbp", "Kabiyè", ("Latn",), ("kbp_Latn",), "", "", "", ""),
    Language("kea", "Kabuverdianu", ("Latn",), ("kea_Latn",), "", "", "", ""),
    Language("kg", "Kongo", ("Latn",), ("kon_Latn",), "", "", "", ""),
    Language("ki", "Kikuyu", ("Latn",), ("kik_Latn",), "", "", "", ""),
    Language("kk", "Kazakh", ("Cyrl",), ("kaz_Cyrl",), "", "", "", ""),
    Language("km", "Khmer", ("Khmr",), ("khm_Khmr",), "", "", "", ""),
    Language("kmb", "Kimbundu", ("Latn",), ("kmb_Latn",), "", "", "", ""),
    Language("kmr", "Northern Kurdish (Kurmanji)", ("Latn",), ("kmr_Latn",), "", "", "", "ku"),
    Language("kn", "Kannada", ("Knda",), ("kan_Knda",), "kn", "", "", ""),
    Language("ko", "Korean", ("Hang",), ("kor_Hang",), "ko", "", "ko", ""),
    Language("kr", "Kanuri", ("Arab", "Latn"), ("knc_Arab", "knc_Latn"), "", "", "", ""),
    Language("ks", "Kashmiri", ("Arab", "Deva"), ("kas_Arab", "kas_Deva"), "", "", "", ""),
    Language("ky", "Kyrgyz", ("Cyrl",), ("kir_Cyrl",), "", "", "ky", ""),
    Language("la", "Latin", ("Latn",), (), "", "", "", ""),
    Language("lb", "Luxembourgish", ("Latn",), ("ltz_Latn",), "", "", "", ""),
    Language("lg", "Ganda", ("Latn",), ("lug_Latn",), "", "", "", ""),
    Language("li", "Limburgish", ("Latn",), ("lim_Latn",), "", "", "", ""),
    Language("lij", "Ligurian", ("Latn",), ("lij_Latn",), "", "", "", ""),
    Language("lmo", "Lombard", ("Latn",), ("lmo_Latn",), "", "", "", ""),
    Language("ln", "Lingala", ("Latn",), ("lin_Latn",), "", "", "", ""),
    Language("lo", "Lao", ("Laoo",), ("lao_Laoo",), "", "", "", ""),
    Language("lt", "Lithuanian", ("Latn",), ("lit_Latn",), "lt", "lithuanian", "lt", ""),
    Language("ltg", "Latgalian", ("Latn",), ("ltg_Latn",), "", "", "", ""),
    Language("lua", "Luba-Lulua", ("Latn",), ("lua_Latn",), "", "", "", ""),
    Language("luo", "Luo (Kenya and Tanzania)", ("Latn",), ("luo_Latn",), "", "", "", ""),
    Language("lus", "Mizo", ("Latn",), ("lus_Latn",), "", "", "", ""),
    Language("lv", "Latvian", ("Latn",), ("lvs_Latn",), "lv", "", "lv", ""),
    Language("mag", "Magahi", ("Deva",), ("mag_Deva",), "", "", "", ""),
    Language("mai", "Maithili", ("Deva",), ("mai_Deva",), "", "", "", ""),
    Language("mey", "Hassaniyya", ("Arab",), (), "", "", "", ""),
    Language("mg", "Malagasy", ("Latn",), ("plt_Latn",), "", "", "", ""),
    Language("mi", "Māori", ("Latn",), ("mri_Latn",), "", "", "", ""),
    Language("min", "Minangkabau", ("Arab", "Latn"), ("min_Arab", "min_Latn"), "", "", "", ""),
    Language("mk", "Macedonian", ("Cyrl",), ("mkd_Cyrl",), "mk", "", "", ""),
    Language("ml", "Malayalam", ("Mlym",), ("mal_Mlym",), "ml", "", "", ""),
    Language("mn", "Mongolian", ("Cyrl", "Mong"), ("khk_Cyrl",), "", "", "", ""),
    Language("mni", "Manipuri", ("Beng",), ("mni_Beng",), "", "", "", ""),
    Language("mos", "Mossi", ("Latn",), ("mos_Latn",), "", "", "", ""),
    Language("mr", "Marathi", ("Deva",), ("mar_Deva",), "mr", "", "", ""),
    Language("ms", "Malay", ("Latn",), ("zsm_Latn",), "", "", "ms", "msa"),
    Language("mt", "Maltese", ("Latn",), ("mlt_Latn",), "", "", "", ""),
    Language("my", "Burmese", ("Mymr",), ("mya_Mymr",), "", "", "", ""),
    Language("nb", "Norwegian Bokmål", ("Latn",), ("nob_Latn",), "no", "norwegian", "nb", "no"),
    Language("nd", "North Ndebele", ("Latn",), (), "", "", "", ""),
    Language("ne", "Nepali", ("Deva",), ("npi_Deva",), "ne", "nepali", "", ""),
    Language("nl", "Dutch", ("Latn",), ("nld_Latn",), "nl", "dutch", "nl", ""),
    Language("nn", "Norwegian Nynorsk", ("Latn",), ("nno_Latn",), "", "norwegian", "", "no"),
    Language("nqo", "N’Ko", ("Nkoo",), ("nqo_Nkoo",), "", "", "", ""),
    Language("nr", "South Ndebele", ("Latn",), (), "", "", "", ""),
    Language("nso", "Northern Sotho", ("Latn",), ("nso_Latn",), "", "", "", ""),
    Language("nus", "Nuer", ("Latn",), ("nus_Latn",), "", "", "", ""),
    Language("ny", "Nyanja", ("Latn",), ("nya_Latn",), "", "", "", ""),
    Language("oc", "Occitan", ("Latn",), ("oci_Latn",), "", "", "", ""),
    Language("om", "Oromo", ("Latn",), ("gaz_Latn",), "", "", "", ""),
    Language("or", "Odia", ("Orya",), ("ory_Orya",), "", "", "", ""),
    Language("pa", "Punjabi", ("Guru",), ("pan_Guru",), "pa", "", "", ""),
    Language("pag", "Pangasinan", ("Latn",), ("pag_Latn",), "", "", "", ""),
    Language("pap", "Papiamento", ("Latn",), ("pap_Latn",), "", "", "", ""),
    Language("pl", "Polish", ("Latn",), ("pol_Latn",), "pl", "polish", "pl", ""),
    Language("prs", "Dari", ("Arab",), ("prs_Arab",), "", "", "", "fas"),
    Language("ps", "Pashto", ("Arab",), ("pbt_Arab",), "", "", "", ""),
    Language("pt", "Portuguese", ("Latn",), ("por_Latn",), "pt", "portuguese", "pt", ""),
    Language("qu", "Quechua", ("Latn",), ("quy_Latn",), "", "", "", ""),
    Language("rn", "Rundi", ("Latn",), ("run_Latn",), "", "", "", ""),
    Language("ro", "Romanian", ("Latn",), ("ron_Latn",), "ro", "romanian", "ro", ""),
    Language("ru", "Russian", ("Cyrl",), ("rus_Cyrl",), "ru", "russian", "ru", ""),
    Language("rw", "Kinyarwanda", ("Latn",), ("kin_Latn",), "", "", "", ""),
    Language("sa", "Sanskrit", ("Deva",), ("san_Deva",), "", "", "", ""),
    Language("sat", "Santali", ("Olck",), ("sat_Olck",), "", "", "", ""),
    Language("sc", "Sardinian", ("Latn",), ("srd_Latn",), "", "", "", ""),
    Language("scn", "Sicilian", ("Latn",), ("scn_Latn",), "", "", "", ""),
    Language("sd", "Sindhi", ("Arab",), ("snd_Arab",), "", "", "", ""),
    Language("sdh", "Southern Kurdish", ("Arab",), (), "", "", "", "ku"),
    Language("sg", "Sango", ("Latn",), ("sag_Latn",), "", "", "", ""),
    Language("shi", "Tachelhit", ("Latn", "Tfng", "Arab"), (), "", "", "", ""),
    Language("shn", "Shan", ("Mymr",), ("shn_Mymr",), "", "", "", ""),
    Language("si", "Sinhala", ("Sinh",), ("sin_Sinh",), "", "", "", ""),
    Language("sk", "Slovak", ("Latn",), ("slk_Latn",), "sk", "", "sk", ""),
    Language("sl", "Slovenian", ("Latn",), ("slv_Latn",), "sl", "", "sl", ""),
    Language("sm", "Samoan", ("Latn",), ("smo_Latn",), "", "", "", ""),
    Language("sn", "Shona", ("Latn",), ("sna_Latn",), "", "", "", ""),
    Language("so", "Somali", ("Latn",), ("som_Latn",), "so", "", "", ""),
    Language("sq", "Albanian", ("Latn",), ("als_Latn",), "sq", "", "sq", ""),
    Language("sr", "Serbian", ("Cyrl", "Latn"), ("srp_Cyrl",), "", "serbian", "sr", "hbs"),
    Language("ss", "Swati", ("Latn",), ("ssw_Latn",), "", "", "", ""),
    Language("st", "Southern Sotho", ("Latn",), ("sot_Latn",), "", "sesotho", "", ""),
    Language("su", "Sundanese", ("Latn",), ("sun_Latn",), "", "", "", ""),
    Language("sv", "Swedish", ("Latn",), ("swe_Latn",), "sv", "swedish", "sv", ""),
    Language("sw", "Swahili", ("Latn",), ("swh_Latn",), "sw", "", "", ""),
    Language("syr", "Syriac", ("Syrc",), (), "", "", "", ""),
    Language("szl", "Silesian", ("Latn",), ("szl_Latn",), "", "", "", ""),
    Language("ta", "Tamil", ("Taml",), ("tam_Taml",), "ta", "tamil", "", ""),
    Language("taq", "Tamasheq", ("Latn", "Tfng"), ("taq_Latn", "taq_Tfng"), "", "", "", ""),
    Language("te", "Telugu", ("Telu",), ("tel_Telu",), "te", "", "", ""),
    Language("tg", "Tajik", ("Cyrl",), ("tgk_Cyrl",), "", "", "", ""),
    Language("th", "Thai", ("Thai",), ("tha_Thai",), "th", "", "th", ""),
    Language("ti", "Tigrinya", ("Ethi",), ("tir_Ethi",), "", "", "", ""),
    Language("tk", "Turkmen", ("Latn",), ("tuk_Latn",), "", "", "", ""),
    Language("tn", "Tswana", ("Latn",), ("tsn_Latn",), "", "", "", ""),
    Language("to", "Tongan", ("Latn",), (), "", "", "", ""),
    Language("tpi", "Tok Pisin", ("Latn",), ("tpi_Latn",), "", "", "", ""),
    Language("tr", "Turkish", ("Latn",), ("tur_Latn",), "tr", "turkish", "tr", ""),
    Language("ts", "Tsonga", ("Latn",), ("tso_Latn",), "", "", "", ""),
    Language("tt", "Tatar", ("Cyrl",), ("tat_Cyrl",), "", "", "", ""),
    Language("tum", "Tumbuka", ("Latn",), ("tum_Latn",), "", "", "", ""),
    Language("tw", "Twi", ("Latn",), ("twi_Latn",), "", "", "", ""),
    Language("ty", "Tahitian", ("Latn",), (), "", "", "", ""),
    Language("tzm", "Central Atlas Tamazight", ("Tfng",), ("tzm_Tfng",), "", "", "", ""),
    Language("ug", "Uyghur", ("Arab",), ("uig_Arab",), "", "", "", ""),
    Language("uk", "Ukrainian", ("Cyrl",), ("ukr_Cyrl",), "uk", "", "uk", ""),
    Language("umb", "Umbundu", ("Latn",), ("umb_Latn",), "", "", "", ""),
    Language("ur", "Urdu", ("Arab",), ("urd_Arab",), "ur", "", "ur", ""),
    Language("uz", "Uzbek", ("Latn", "Cyrl"), ("uzn_Latn",), "", "", "", ""),
    Language("ve", "Venda", ("Latn",), (), "", "", "", ""),
    Language("vec", "Venetian", ("Latn",), ("vec_Latn",), "", "", "", ""),
    Language("vi", "Vietnamese", ("Latn",), ("vie_Latn",), "vi", "", "vi", ""),
    Language("war", "Waray", ("Latn",), ("war_Latn",), "", "", "", ""),
    Language("wo", "Wolof", ("Latn",), ("wol_Latn",), "", "", "", ""),
    Language("xh", "Xhosa", ("Latn",), ("xho_Latn",), "", "", "", ""),
    Language("yi", "Yiddish", ("Hebr",), ("ydd_Hebr",), "", "yiddish", "", ""),
    Language("yo", "Yoruba", ("Latn",), ("yor_Latn",), "", "", "", ""),
    Language("yue", "Cantonese", ("Hant",), ("yue_Hant",), "", "", "", "zho"),
    Language("zh", "Chinese", ("Hans", "Hant"), ("zho_Hans", "zho_Hant"), "zh-cn", "", "zh", "zho"),
    Language("zu", "Zulu", ("Latn",), ("zul_Latn",), "", "", "", ""),)
# fmt: on

LANGUAGES: dict[str, Language] = {row.tag: row for row in _TABLE}
"""The table, by tag."""

UNDETERMINED = "und"
"""The tag of a text whose language is not known."""

_ALIASES = {
    "ara": "ar", "arb": "ar", "fas": "fa", "pes": "fa", "per": "fa", "heb": "he", "iw": "he",
    "in": "id", "ji": "yi", "no": "nb", "nob": "nb", "nno": "nn", "tl": "fil", "tgl": "fil",
    "tur": "tr", "rus": "ru", "zho": "zh", "cmn": "zh", "chi": "zh", "eng": "en", "fra": "fr",
    "fre": "fr", "deu": "de", "ger": "de", "spa": "es", "por": "pt", "ita": "it", "jpn": "ja",
    "kor": "ko", "hin": "hi", "ind": "id", "urd": "ur", "pus": "ps", "ukr": "uk", "uig": "ug",
    "jw": "jv", "mo": "ro", "pb": "pt", "zt": "zh", "swa": "sw", "msa": "ms", "aze": "az",
}  # fmt: skip


def canonical(tag: str) -> str:
    """The primary language subtag of a tag as people write it, in lower case.

    ``zh_TW`` gives ``zh``, ``pes`` gives ``fa``, ``KMR-Latn`` gives ``kmr``.
    A tag that is not in the table is kept, so that nothing a person said is lost.
    """
    primary = tag.strip().replace("_", "-").lower().partition("-")[0]
    return _ALIASES.get(primary, primary) or UNDETERMINED


def members(tag: str) -> frozenset[str]:
    """The tags that a filter for this tag lets through.

    A macro-language (``ku``, ``no``, ``hbs``, ``msa``, ``fas``, ``zho``) stands
    for all its members; any other tag for itself.
    """
    asked = tag.strip().lower()
    group = frozenset(row.tag for row in _TABLE if row.group and row.group == asked)
    return group or frozenset((canonical(tag),))


def name(tag: str) -> str:
    """The English name of a language, or the tag itself where none is known."""
    row = LANGUAGES.get(tag)
    return row.name if row else tag
