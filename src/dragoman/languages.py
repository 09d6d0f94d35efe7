"""What Dragoman knows of each language, as one literal table.

Tags are BCP 47: the shortest registered code of the language (``ar``, ``ckb``,
``zh``). The script is kept beside the tag, never inside it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dragoman.errors import InvalidValue


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
    stemmer: str = ""
    """The name of its Snowball algorithm or of its method in `analysis.light`, or empty."""
    argos: str = ""
    """Its code in Argos packages, or empty."""
    group: str = ""
    """The macro-language it shares with close relatives, or empty."""


# fmt: off
_TABLE: tuple[Language, ...] = (
    Language("ace", "Acehnese", ("Arab", "Latn"), ("ace_Arab", "ace_Latn"), "", "", "", ""),
    Language("acm", "Mesopotamian Arabic", ("Arab",), ("acm_Arab",), "", "light-arabic", "", ""),
    Language("acq", "Ta’izzi-Adeni Arabic", ("Arab",), ("acq_Arab",), "", "light-arabic", "", ""),
    Language("aeb", "Tunisian Arabic", ("Arab",), ("aeb_Arab",), "", "light-arabic", "", ""),
    Language("af", "Afrikaans", ("Latn",), ("afr_Latn",), "af", "first-5", "", ""),
    Language("ajp", "South Levantine Arabic", ("Arab",), ("ajp_Arab",), "", "light-arabic", "", ""),
    Language("ak", "Akan", ("Latn",), ("aka_Latn",), "", "", "", ""),
    Language("am", "Amharic", ("Ethi",), ("amh_Ethi",), "", "light-amharic", "", ""),
    Language("apc", "North Levantine Arabic", ("Arab",), ("apc_Arab",), "", "light-arabic", "", ""),
    Language("ar", "Arabic", ("Arab", "Latn"),
        ("arb_Arab", "arb_Latn"), "ar", "light-arabic", "ar", ""),
    Language("ars", "Najdi Arabic", ("Arab",), ("ars_Arab",), "", "light-arabic", "", ""),
    Language("ary", "Moroccan Arabic", ("Arab",), ("ary_Arab",), "", "light-arabic", "", ""),
    Language("arz", "Egyptian Arabic", ("Arab",), ("arz_Arab",), "", "light-arabic", "", ""),
    Language("as", "Assamese", ("Beng",), ("asm_Beng",), "", "first-5", "", ""),
    Language("ast", "Asturian", ("Latn",), ("ast_Latn",), "", "first-5", "", ""),
    Language("awa", "Awadhi", ("Deva",), ("awa_Deva",), "", "", "", ""),
    Language("ay", "Aymara", ("Latn",), ("ayr_Latn",), "", "first-5", "", ""),
    Language("az", "Azerbaijani", ("Latn",), ("azj_Latn",), "", "light-turkic-latin", "az", ""),
    Language("azb", "South Azerbaijani", ("Arab",), ("azb_Arab",), "", "first-5", "", ""),
    Language("ba", "Bashkir", ("Cyrl",), ("bak_Cyrl",), "", "first-5", "", ""),
    Language("ban", "Balinese", ("Latn",), ("ban_Latn",), "", "", "", ""),
    Language("be", "Belarusian", ("Cyrl",), ("bel_Cyrl",), "", "light-east-slavic", "", ""),
    Language("bem", "Bemba", ("Latn",), ("bem_Latn",), "", "", "", ""),
    Language("bg", "Bulgarian", ("Cyrl",), ("bul_Cyrl",), "bg", "light-bulgarian", "bg", ""),
    Language("bho", "Bhojpuri", ("Deva",), ("bho_Deva",), "", "", "", ""),
    Language("bjn", "Banjar", ("Arab", "Latn"), ("bjn_Arab", "bjn_Latn"), "", "", "", ""),
    Language("bm", "Bambara", ("Latn",), ("bam_Latn",), "", "", "", ""),
    Language("bn", "Bangla", ("Beng",), ("ben_Beng",), "bn", "first-5", "bn", ""),
    Language("bo", "Tibetan", ("Tibt",), ("bod_Tibt",), "", "", "", ""),
    Language("br", "Breton", ("Latn",), (), "", "", "", ""),
    Language("bs", "Bosnian", ("Latn",), ("bos_Latn",), "", "light-south-slavic", "", "hbs"),
    Language("bug", "Buginese", ("Latn",), ("bug_Latn",), "", "first-5", "", ""),
    Language("ca", "Catalan", ("Latn",), ("cat_Latn",), "ca", "catalan", "ca", ""),
    Language("ceb", "Cebuano", ("Latn",), ("ceb_Latn",), "", "", "", ""),
    Language("chr", "Cherokee", ("Cher",), (), "", "", "", ""),
    Language("cjk", "Chokwe", ("Latn",), ("cjk_Latn",), "", "", "", ""),
    Language("ckb", "Central Kurdish (Sorani)", ("Arab",),
        ("ckb_Arab",), "", "light-sorani", "", "ku"),
    Language("crh", "Crimean Tatar", ("Latn",), ("crh_Latn",), "", "light-turkic-latin", "", ""),
    Language("cs", "Czech", ("Latn",), ("ces_Latn",), "cs", "czech", "cs", ""),
    Language("cv", "Chuvash", ("Cyrl",), (), "", "", "", ""),
    Language("cy", "Welsh", ("Latn",), ("cym_Latn",), "cy", "first-5", "", ""),
    Language("da", "Danish", ("Latn",), ("dan_Latn",), "da", "danish", "da", ""),
    Language("de", "German", ("Latn",), ("deu_Latn",), "de", "german", "de", ""),
    Language("din", "Dinka", ("Latn",), ("dik_Latn",), "", "", "", ""),
    Language("dv", "Divehi", ("Thaa",), (), "", "", "", ""),
    Language("dyu", "Dyula", ("Latn",), ("dyu_Latn",), "", "first-5", "", ""),
    Language("dz", "Dzongkha", ("Tibt",), ("dzo_Tibt",), "", "", "", ""),
    Language("ee", "Ewe", ("Latn",), ("ewe_Latn",), "", "first-5", "", ""),
    Language("el", "Greek", ("Grek",), ("ell_Grek",), "el", "greek", "el", ""),
    Language("en", "English", ("Latn",), ("eng_Latn",), "en", "english", "en", ""),
    Language("eo", "Esperanto", ("Latn",), ("epo_Latn",), "", "esperanto", "eo", ""),
    Language("es", "Spanish", ("Latn",), ("spa_Latn",), "es", "spanish", "es", ""),
    Language("et", "Estonian", ("Latn",), ("est_Latn",), "et", "first-5", "et", ""),
    Language("eu", "Basque", ("Latn",), ("eus_Latn",), "", "first-5", "eu", ""),
    Language("fa", "Persian", ("Arab",), ("pes_Arab",), "fa", "light-persian", "fa", "fas"),
    Language("ff", "Fula", ("Latn", "Adlm"), ("fuv_Latn",), "", "", "", ""),
    Language("fi", "Finnish", ("Latn",), ("fin_Latn",), "fi", "first-5", "fi", ""),
    Language("fil", "Filipino", ("Latn",), ("tgl_Latn",), "tl", "", "tl", ""),
    Language("fj", "Fijian", ("Latn",), ("fij_Latn",), "", "", "", ""),
    Language("fo", "Faroese", ("Latn",), ("fao_Latn",), "", "first-5", "", ""),
    Language("fon", "Fon", ("Latn",), ("fon_Latn",), "", "", "", ""),
    Language("fr", "French", ("Latn",), ("fra_Latn",), "fr", "french", "fr", ""),
    Language("fur", "Friulian", ("Latn",), ("fur_Latn",), "", "first-5", "", ""),
    Language("fy", "Western Frisian", ("Latn",), (), "", "", "", ""),
    Language("ga", "Irish", ("Latn",), ("gle_Latn",), "", "irish", "ga", ""),
    Language("gd", "Scottish Gaelic", ("Latn",), ("gla_Latn",), "", "", "", ""),
    Language("gl", "Galician", ("Latn",), ("glg_Latn",), "", "first-5", "gl", ""),
    Language("gn", "Guarani", ("Latn",), ("grn_Latn",), "", "first-5", "", ""),
    Language("gu", "Gujarati", ("Gujr",), ("guj_Gujr",), "gu", "first-5", "", ""),
    Language("gv", "Manx", ("Latn",), (), "", "", "", ""),
    Language("ha", "Hausa", ("Latn",), ("hau_Latn",), "", "first-5", "", ""),
    Language("he", "Hebrew", ("Hebr",), ("heb_Hebr",), "he", "light-hebrew", "he", ""),
    Language("hi", "Hindi", ("Deva",), ("hin_Deva",), "hi", "hindi", "hi", ""),
    Language("hmn", "Hmong", ("Latn",), (), "", "", "", ""),
    Language("hne", "Chhattisgarhi", ("Deva",), ("hne_Deva",), "", "", "", ""),
    Language("hr", "Croatian", ("Latn",), ("hrv_Latn",), "hr", "light-south-slavic", "", "hbs"),
    Language("ht", "Haitian Creole", ("Latn",), ("hat_Latn",), "", "", "", ""),
    Language("hu", "Hungarian", ("Latn",), ("hun_Latn",), "hu", "first-5", "hu", ""),
    Language("hy", "Armenian", ("Armn",), ("hye_Armn",), "", "first-5", "", ""),
    Language("id", "Indonesian", ("Latn",), ("ind_Latn",), "id", "indonesian", "id", "msa"),
    Language("ig", "Igbo", ("Latn",), ("ibo_Latn",), "", "", "", ""),
    Language("ilo", "Iloko", ("Latn",), ("ilo_Latn",), "", "", "", ""),
    Language("is", "Icelandic", ("Latn",), ("isl_Latn",), "", "first-5", "", ""),
    Language("it", "Italian", ("Latn",), ("ita_Latn",), "it", "italian", "it", ""),
    Language("iu", "Inuktitut", ("Cans",), (), "", "", "", ""),
    Language("ja", "Japanese", ("Jpan",), ("jpn_Jpan",), "ja", "", "ja", ""),
    Language("jv", "Javanese", ("Latn",), ("jav_Latn",), "", "first-5", "", ""),
    Language("ka", "Georgian", ("Geor",), ("kat_Geor",), "", "first-5", "", ""),
    Language("kab", "Kabyle", ("Latn",), ("kab_Latn",), "", "", "", ""),
    Language("kac", "Kachin", ("Latn",), ("kac_Latn",), "", "", "", ""),
    Language("kam", "Kamba", ("Latn",), ("kam_Latn",), "", "", "", ""),
    Language("kbp", "Kabiyè", ("Latn",), ("kbp_Latn",), "", "", "", ""),
    Language("kea", "Kabuverdianu", ("Latn",), ("kea_Latn",), "", "first-5", "", ""),
    Language("kg", "Kongo", ("Latn",), ("kon_Latn",), "", "first-5", "", ""),
    Language("ki", "Kikuyu", ("Latn",), ("kik_Latn",), "", "", "", ""),
    Language("kk", "Kazakh", ("Cyrl",), ("kaz_Cyrl",), "", "first-5", "", ""),
    Language("km", "Khmer", ("Khmr",), ("khm_Khmr",), "", "", "", ""),
    Language("kmb", "Kimbundu", ("Latn",), ("kmb_Latn",), "", "", "", ""),
    Language("kmr", "Northern Kurdish (Kurmanji)", ("Latn",),
        ("kmr_Latn",), "", "light-kurmanji", "", "ku"),
    Language("kn", "Kannada", ("Knda",), ("kan_Knda",), "kn", "first-5", "", ""),
    Language("ko", "Korean", ("Hang",), ("kor_Hang",), "ko", "light-korean", "ko", ""),
    Language("kr", "Kanuri", ("Arab", "Latn"), ("knc_Arab", "knc_Latn"), "", "first-5", "", ""),
    Language("ks", "Kashmiri", ("Arab", "Deva"), ("kas_Arab", "kas_Deva"), "", "first-5", "", ""),
    Language("ky", "Kyrgyz", ("Cyrl",), ("kir_Cyrl",), "", "first-5", "ky", ""),
    Language("la", "Latin", ("Latn",), (), "", "", "", ""),
    Language("lb", "Luxembourgish", ("Latn",), ("ltz_Latn",), "", "first-5", "", ""),
    Language("lg", "Ganda", ("Latn",), ("lug_Latn",), "", "", "", ""),
    Language("li", "Limburgish", ("Latn",), ("lim_Latn",), "", "first-5", "", ""),
    Language("lij", "Ligurian", ("Latn",), ("lij_Latn",), "", "first-5", "", ""),
    Language("lmo", "Lombard", ("Latn",), ("lmo_Latn",), "", "first-5", "", ""),
    Language("ln", "Lingala", ("Latn",), ("lin_Latn",), "", "", "", ""),
    Language("lo", "Lao", ("Laoo",), ("lao_Laoo",), "", "", "", ""),
    Language("lt", "Lithuanian", ("Latn",), ("lit_Latn",), "lt", "lithuanian", "lt", ""),
    Language("ltg", "Latgalian", ("Latn",), ("ltg_Latn",), "", "first-5", "", ""),
    Language("lua", "Luba-Lulua", ("Latn",), ("lua_Latn",), "", "", "", ""),
    Language("luo", "Luo (Kenya and Tanzania)", ("Latn",), ("luo_Latn",), "", "", "", ""),
    Language("lus", "Mizo", ("Latn",), ("lus_Latn",), "", "", "", ""),
    Language("lv", "Latvian", ("Latn",), ("lvs_Latn",), "lv", "light-latvian", "lv", ""),
    Language("mag", "Magahi", ("Deva",), ("mag_Deva",), "", "", "", ""),
    Language("mai", "Maithili", ("Deva",), ("mai_Deva",), "", "first-5", "", ""),
    Language("mey", "Hassaniyya", ("Arab",), (), "", "light-arabic", "", ""),
    Language("mg", "Malagasy", ("Latn",), ("plt_Latn",), "", "", "", ""),
    Language("mi", "Māori", ("Latn",), ("mri_Latn",), "", "", "", ""),
    Language("min", "Minangkabau", ("Arab", "Latn"), ("min_Arab", "min_Latn"), "", "", "", ""),
    Language("mk", "Macedonian", ("Cyrl",), ("mkd_Cyrl",), "mk", "light-bulgarian", "", ""),
    Language("ml", "Malayalam", ("Mlym",), ("mal_Mlym",), "ml", "first-5", "", ""),
    Language("mn", "Mongolian", ("Cyrl", "Mong"), ("khk_Cyrl",), "", "first-5", "", ""),
    Language("mni", "Manipuri", ("Beng",), ("mni_Beng",), "", "first-5", "", ""),
    Language("mos", "Mossi", ("Latn",), ("mos_Latn",), "", "first-5", "", ""),
    Language("mr", "Marathi", ("Deva",), ("mar_Deva",), "mr", "first-5", "", ""),
    Language("ms", "Malay", ("Latn",), ("zsm_Latn",), "", "", "ms", "msa"),
    Language("mt", "Maltese", ("Latn",), ("mlt_Latn",), "", "", "", ""),
    Language("my", "Burmese", ("Mymr",), ("mya_Mymr",), "", "", "", ""),
    Language("nb", "Norwegian Bokmål", ("Latn",), ("nob_Latn",), "no", "norwegian", "nb", "no"),
    Language("nd", "North Ndebele", ("Latn",), (), "", "light-bantu", "", ""),
    Language("ne", "Nepali", ("Deva",), ("npi_Deva",), "ne", "nepali", "", ""),
    Language("nl", "Dutch", ("Latn",), ("nld_Latn",), "nl", "dutch", "nl", ""),
    Language("nn", "Norwegian Nynorsk", ("Latn",), ("nno_Latn",), "", "norwegian", "", "no"),
    Language("nqo", "N’Ko", ("Nkoo",), ("nqo_Nkoo",), "", "first-5", "", ""),
    Language("nr", "South Ndebele", ("Latn",), (), "", "light-bantu", "", ""),
    Language("nso", "Northern Sotho", ("Latn",), ("nso_Latn",), "", "", "", ""),
    Language("nus", "Nuer", ("Latn",), ("nus_Latn",), "", "first-5", "", ""),
    Language("ny", "Nyanja", ("Latn",), ("nya_Latn",), "", "light-bantu", "", ""),
    Language("oc", "Occitan", ("Latn",), ("oci_Latn",), "", "first-5", "", ""),
    Language("om", "Oromo", ("Latn",), ("gaz_Latn",), "", "first-5", "", ""),
    Language("or", "Odia", ("Orya",), ("ory_Orya",), "", "first-5", "", ""),
    Language("pa", "Punjabi", ("Guru",), ("pan_Guru",), "pa", "", "", ""),
    Language("pag", "Pangasinan", ("Latn",), ("pag_Latn",), "", "", "", ""),
    Language("pap", "Papiamento", ("Latn",), ("pap_Latn",), "", "first-5", "", ""),
    Language("pl", "Polish", ("Latn",), ("pol_Latn",), "pl", "polish", "pl", ""),
    Language("prs", "Dari", ("Arab",), ("prs_Arab",), "", "light-persian", "", "fas"),
    Language("ps", "Pashto", ("Arab",), ("pbt_Arab",), "", "light-pashto", "", ""),
    Language("pt", "Portuguese", ("Latn",), ("por_Latn",), "pt", "portuguese", "pt", ""),
    Language("qu", "Quechua", ("Latn",), ("quy_Latn",), "", "first-5", "", ""),
    Language("rn", "Rundi", ("Latn",), ("run_Latn",), "", "light-bantu", "", ""),
    Language("ro", "Romanian", ("Latn",), ("ron_Latn",), "ro", "romanian", "ro", ""),
    Language("ru", "Russian", ("Cyrl",), ("rus_Cyrl",), "ru", "russian", "ru", ""),
    Language("rw", "Kinyarwanda", ("Latn",), ("kin_Latn",), "", "light-bantu", "", ""),
    Language("sa", "Sanskrit", ("Deva",), ("san_Deva",), "", "first-5", "", ""),
    Language("sat", "Santali", ("Olck",), ("sat_Olck",), "", "first-5", "", ""),
    Language("sc", "Sardinian", ("Latn",), ("srd_Latn",), "", "first-5", "", ""),
    Language("scn", "Sicilian", ("Latn",), ("scn_Latn",), "", "first-5", "", ""),
    Language("sd", "Sindhi", ("Arab",), ("snd_Arab",), "", "first-5", "", ""),
    Language("sdh", "Southern Kurdish", ("Arab",), (), "", "light-sorani", "", "ku"),
    Language("sg", "Sango", ("Latn",), ("sag_Latn",), "", "", "", ""),
    Language("shi", "Tachelhit", ("Latn", "Tfng", "Arab"), (), "", "", "", ""),
    Language("shn", "Shan", ("Mymr",), ("shn_Mymr",), "", "", "", ""),
    Language("si", "Sinhala", ("Sinh",), ("sin_Sinh",), "", "first-5", "", ""),
    Language("sk", "Slovak", ("Latn",), ("slk_Latn",), "sk", "light-west-slavic", "sk", ""),
    Language("sl", "Slovenian", ("Latn",), ("slv_Latn",), "sl", "first-5", "sl", ""),
    Language("sm", "Samoan", ("Latn",), ("smo_Latn",), "", "", "", ""),
    Language("sn", "Shona", ("Latn",), ("sna_Latn",), "", "light-bantu", "", ""),
    Language("so", "Somali", ("Latn",), ("som_Latn",), "so", "first-5", "", ""),
    Language("sq", "Albanian", ("Latn",), ("als_Latn",), "sq", "light-albanian", "sq", ""),
    Language("sr", "Serbian", ("Cyrl", "Latn"), ("srp_Cyrl",), "", "serbian", "sr", "hbs"),
    Language("ss", "Swati", ("Latn",), ("ssw_Latn",), "", "light-bantu", "", ""),
    Language("st", "Southern Sotho", ("Latn",), ("sot_Latn",), "", "sesotho", "", ""),
    Language("su", "Sundanese", ("Latn",), ("sun_Latn",), "", "", "", ""),
    Language("sv", "Swedish", ("Latn",), ("swe_Latn",), "sv", "swedish", "sv", ""),
    Language("sw", "Swahili", ("Latn",), ("swh_Latn",), "sw", "light-bantu", "", ""),
    Language("syr", "Syriac", ("Syrc",), (), "", "", "", ""),
    Language("szl", "Silesian", ("Latn",), ("szl_Latn",), "", "first-5", "", ""),
    Language("ta", "Tamil", ("Taml",), ("tam_Taml",), "ta", "tamil", "", ""),
    Language("taq", "Tamasheq", ("Latn", "Tfng"), ("taq_Latn", "taq_Tfng"), "", "", "", ""),
    Language("te", "Telugu", ("Telu",), ("tel_Telu",), "te", "first-5", "", ""),
    Language("tg", "Tajik", ("Cyrl",), ("tgk_Cyrl",), "", "first-5", "", ""),
    Language("th", "Thai", ("Thai",), ("tha_Thai",), "th", "", "th", ""),
    Language("ti", "Tigrinya", ("Ethi",), ("tir_Ethi",), "", "", "", ""),
    Language("tk", "Turkmen", ("Latn",), ("tuk_Latn",), "", "light-turkic-latin", "", ""),
    Language("tn", "Tswana", ("Latn",), ("tsn_Latn",), "", "", "", ""),
    Language("to", "Tongan", ("Latn",), (), "", "", "", ""),
    Language("tpi", "Tok Pisin", ("Latn",), ("tpi_Latn",), "", "", "", ""),
    Language("tr", "Turkish", ("Latn",), ("tur_Latn",), "tr", "turkish", "tr", ""),
    Language("ts", "Tsonga", ("Latn",), ("tso_Latn",), "", "", "", ""),
    Language("tt", "Tatar", ("Cyrl",), ("tat_Cyrl",), "", "first-5", "", ""),
    Language("tum", "Tumbuka", ("Latn",), ("tum_Latn",), "", "", "", ""),
    Language("tw", "Twi", ("Latn",), ("twi_Latn",), "", "", "", ""),
    Language("ty", "Tahitian", ("Latn",), (), "", "", "", ""),
    Language("tzm", "Central Atlas Tamazight", ("Tfng",), ("tzm_Tfng",), "", "", "", ""),
    Language("ug", "Uyghur", ("Arab",), ("uig_Arab",), "", "first-5", "", ""),
    Language("uk", "Ukrainian", ("Cyrl",), ("ukr_Cyrl",), "uk", "light-east-slavic", "uk", ""),
    Language("umb", "Umbundu", ("Latn",), ("umb_Latn",), "", "", "", ""),
    Language("ur", "Urdu", ("Arab",), ("urd_Arab",), "ur", "light-urdu", "ur", ""),
    Language("uz", "Uzbek", ("Latn", "Cyrl"), ("uzn_Latn",), "", "light-turkic-latin", "", ""),
    Language("ve", "Venda", ("Latn",), (), "", "", "", ""),
    Language("vec", "Venetian", ("Latn",), ("vec_Latn",), "", "first-5", "", ""),
    Language("vi", "Vietnamese", ("Latn",), ("vie_Latn",), "vi", "", "vi", ""),
    Language("war", "Waray", ("Latn",), ("war_Latn",), "", "", "", ""),
    Language("wo", "Wolof", ("Latn",), ("wol_Latn",), "", "", "", ""),
    Language("xh", "Xhosa", ("Latn",), ("xho_Latn",), "", "light-bantu", "", ""),
    Language("yi", "Yiddish", ("Hebr",), ("ydd_Hebr",), "", "yiddish", "", ""),
    Language("yo", "Yoruba", ("Latn",), ("yor_Latn",), "", "", "", ""),
    Language("yue", "Cantonese", ("Hant",), ("yue_Hant",), "", "", "", "zho"),
    Language("zh", "Chinese", ("Hans", "Hant"), ("zho_Hans", "zho_Hant"), "zh-cn", "", "zh", "zho"),
    Language("zu", "Zulu", ("Latn",), ("zul_Latn",), "", "light-bantu", "", ""),)
# fmt: on

LANGUAGES: dict[str, Language] = {row.tag: row for row in _TABLE}
"""The table, by tag."""

UNDETERMINED = "und"
"""The tag of a text whose language is not known."""

# Codes that the table's own FLORES codes do not give: macro-languages (ISO 639-3), codes of
# library catalogues (ISO 639-2/B), codes that were withdrawn, and those of Argos.
_OTHER_CODES = {
    "alb": "sq", "ara": "ar", "arm": "hy", "aym": "ay", "aze": "az", "baq": "eu",
    "bel": "be", "bre": "br", "bur": "my", "chi": "zh", "chv": "cv", "cmn": "zh", "cze": "cs",
    "div": "dv", "dut": "nl", "est": "et", "fas": "fa", "fre": "fr", "fry": "fy",
    "fuc": "ff", "ful": "ff", "geo": "ka", "ger": "de", "glv": "gv", "gre": "el", "ice": "is",
    "iku": "iu", "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "kau": "kr", "kon": "kg",
    "lat": "la", "lav": "lv", "mac": "mk", "mao": "mi", "may": "ms", "mlg": "mg", "mo": "ro",
    "mol": "ro", "mon": "mn", "msa": "ms", "nbl": "nr", "nde": "nd", "nep": "ne", "no": "nb",
    "nor": "nb", "ori": "or", "orm": "om", "pb": "pt", "per": "fa", "pus": "ps", "que": "qu",
    "rum": "ro", "sh": "sr", "slo": "sk", "sqi": "sq", "srd": "sc", "swa": "sw", "tah": "ty",
    "tgl": "fil", "tib": "bo", "tl": "fil", "ton": "to", "uzb": "uz", "ven": "ve", "wel": "cy",
    "yid": "yi", "zho": "zh", "zt": "zh",
}  # fmt: skip
_ALIASES = {
    **{code.partition("_")[0]: row.tag for row in _TABLE for code in row.flores},
    **_OTHER_CODES,
    # What data say where no language is meant; ISO 639-2 has three codes for it.
    **dict.fromkeys(("mis", "mul", "zxx", "none", "null", "other", "unknown"), UNDETERMINED),
}
_BY_NAME = {
    "farsi": "fa",
    "kurdish": "ku",
    "mandarin": "zh",
    "norwegian": "nb",
    # "Central Kurdish (Sorani)" under both names and as a whole.
    **{
        name.strip().lower(): row.tag
        for row in _TABLE
        for name in (row.name, *row.name.rstrip(")").split("("))
    },
}
_MACRO_NAMES = {"kurdish": "ku", "norwegian": "no"}
# The longer primary subtags of BCP 47 are of no language yet.
_TAG = re.compile(r"(x|i|[a-z]{2,3})([-_][a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)


def canonical(tag: str) -> str:
    """The primary language subtag of a tag as people write it, in lower case.

    ``zh_TW`` gives ``zh``, ``pes`` and ``per`` give ``fa``, ``KMR-Latn`` gives ``kmr``, and
    the English name of a language its tag. A tag that is not in the table is kept, so that
    nothing a person said is lost; what is no tag is ``und``.
    """
    said = tag.strip().replace("_", "-").lower()
    primary = said.partition("-")[0]
    known = _BY_NAME.get(said) or _ALIASES.get(primary)
    if known or primary in LANGUAGES:
        return known or primary
    return primary if is_tag(said) else UNDETERMINED


def is_tag(text: str) -> bool:
    """Whether this has the form of a tag, as people write it, and is no name: Lao is one."""
    said = text.strip()
    return said.lower() not in _BY_NAME and _TAG.fullmatch(said) is not None


def stated(text: str) -> str:
    """The same of what a person gives as a language; raises `InvalidValue` where it is none."""
    found = canonical(text)
    if found == UNDETERMINED and text.strip().lower() != UNDETERMINED:
        raise InvalidValue(f"language {text!r}: give a tag such as ckb or zh-Hant")
    return found


def members(tag: str) -> frozenset[str]:
    """The tags that a filter for this tag, or name, lets through.

    A macro-language (``ku``, ``no``, ``hbs``, ``msa``, ``fas``, ``zho``) stands
    for all its members and itself; any other tag for itself.
    """
    said = tag.strip().replace("_", "-").lower()
    asked = _MACRO_NAMES.get(said, said).partition("-")[0]
    group = {row.tag for row in _TABLE if row.group and row.group == asked}
    return frozenset({*group, canonical(tag)})


def name(tag: str) -> str:
    """The English name of a language, or the tag itself where none is known."""
    row = LANGUAGES.get(tag)
    return row.name if row else tag
