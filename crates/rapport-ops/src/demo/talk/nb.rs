//! Norwegian.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "nb",
    jobs: &[
        ("Innkjøpssjef", "Innkjøp"),
        ("Laboratorieleder", "Laboratorium"),
        ("Daglig leder", "Ledelse"),
        ("Kvalitetsleder", "Kvalitet"),
        ("Medisinteknisk ingeniør", "Teknisk"),
        ("Prosjektleder", "Forskning"),
        ("Økonomiansvarlig", "Økonomi"),
    ],
    lines: &[
        (
            Call,
            "Første samtale om {p}",
            "{c} møtte oss på messen. De har {n} eldre mikroskoper og vil ha samme lyskilde på alle.",
            "Interessert, ønsker pris",
        ),
        (Call, "Budsjett for året", "{c} sier at budsjettet er klart, men innkjøp må ha tre tilbud.", "Budsjett bekreftet"),
        (Call, "Fikk ikke tak i {c}", "La igjen beskjed på sentralbordet. Best mellom ni og ti.", ""),
        (Email, "Datablad sendt", "Sendte datablad for {p} og to referanser fra {t}.", ""),
        (Email, "Spørsmål om rabatt", "{c} ber om {n} % ved betaling innen 10 dager.", ""),
        (
            Meeting,
            "Nettdemo av {p}",
            "Viste direkte overlegg og rapportmal. Uavklart hvor bildene lagres.",
            "Positivt, IT må godkjenne",
        ),
        (
            Visit,
            "Besøk i {t}",
            "Omvisning i laboratoriet med {c}. Lite rom som blir varmt om sommeren. Benken er 180 × 75 cm.",
            "Oppmåling gjort",
        ),
        (Quote, "Tilbud på {n} × {p}", "Med kvantumsrabatt og tre års service som opsjon.", "Sendt"),
    ],
    sold: &[
        (Call, "Leveringstid på {p}", "Lovet uke {n}. Greit hvis bordet kommer først. Må bekreftes skriftlig.", "Avtalt"),
        (
            Meeting,
            "Årsgjennomgang",
            "Gikk gjennom {n} servicebesøk. God responstid, reservedelene tar for lang tid.",
            "Fornyer hvis deler er på lager",
        ),
        (
            Visit,
            "Montering av {p}",
            "Montert og justert sammen med service. {c} signerte overtakelsen. Opplæring av {n} brukere om to uker.",
            "Overlevert",
        ),
        (Order, "Bestilling mottatt", "{n} × {p}, med gammel leveringsadresse. Avklart med {c} på telefon.", "Bekreftet"),
        (Support, "Bordet driver", "Omtrent 2 µm den første timen. Trolig ventilasjonen over benken.", "Venter på logg"),
        (Support, "Kalibreringsbevis mangler", "Kopi sendt, original i posten. Revisor kommer torsdag.", "Løst"),
    ],
    plans: &[
        (Visit, "Demonstrasjon av {p} i {t}", "Ta med demokoffert og to preparater.", ""),
        (Call, "Spørre om beslutningen", "Utvalget møtes dagen før.", ""),
        (Meeting, "Opplæring for {n} brukere", "En halv dag, rom er bestilt.", ""),
    ],
    steps: &[
        "Sende revidert tilbud",
        "Ringe om serviceavtale",
        "Bekrefte levering",
        "Svare på anbudsspørsmål",
        "Purre på bestilling",
        "Invitere til åpent hus",
    ],
    notes: &[
        "Kjøper på rammeavtale ut neste år.",
        "Faktura må ha ressursnummer.",
        "Levering bare før klokken tolv.",
        "Trofast kunde, venter svar samme dag.",
        "Innkjøpsutvalget møtes hvert kvartal.",
        "Betaler sent, men betaler.",
    ],
    people: &["Ring helst om morgenen.", "Foretrekker e-post.", "Jobber deltid, mandag til onsdag."],
    reasons: &["Laboratoriet er lagt ned", "Gikk til konkurrent", "Ikke budsjett", "Virksomheten er avviklet"],
};
