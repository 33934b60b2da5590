//! Italian.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "it",
    jobs: &[
        ("Responsabile acquisti", "Acquisti"),
        ("Responsabile di laboratorio", "Laboratorio"),
        ("Direzione generale", "Direzione"),
        ("Responsabile qualità", "Qualità"),
        ("Ingegneria clinica", "Servizi tecnici"),
        ("Amministrazione", "Finanza"),
        ("Responsabile di progetto", "Ricerca"),
    ],
    lines: &[
        (
            Call,
            "Prima telefonata su {p}",
            "{c} ci ha conosciuti in fiera. Hanno {n} microscopi datati e cercano un’unica sorgente luminosa.",
            "Interessato, chiede il prezzo",
        ),
        (Call, "Budget dell’anno", "Secondo {c} il budget c’è, ma l’ufficio acquisti vuole tre offerte.", "Budget confermato"),
        (Call, "{c} non risponde", "Lasciato un messaggio in portineria. Meglio tra le nove e le dieci.", ""),
        (Email, "Schede tecniche inviate", "Schede di {p} e due referenze di {t}.", ""),
        (Email, "Richiesta di sconto", "{c} chiede il {n} % per pagamento a 10 giorni.", ""),
        (
            Meeting,
            "Dimostrazione online di {p}",
            "Mostrati la sovrapposizione dal vivo e il modello di referto. Da chiarire dove restano le immagini.",
            "Positivo",
        ),
        (
            Visit,
            "Visita a {t}",
            "Giro del laboratorio con {c}. Stanza piccola e calda d’estate. Banco di 180 × 75 cm.",
            "Rilievo fatto",
        ),
        (Quote, "Offerta per {n} × {p}", "Sconto quantità e tre anni di assistenza in opzione.", "Inviata"),
    ],
    sold: &[
        (
            Meeting,
            "Bilancio dell’anno",
            "Rivisti i {n} interventi. Tempi buoni, ricambi lenti.",
            "Rinnova se i ricambi sono a magazzino",
        ),
        (Visit, "Installazione di {p}", "Montato e allineato con il tecnico. {c} ha firmato il verbale.", "Consegnato"),
        (
            Order,
            "Ordine ricevuto",
            "{n} × {p}, con il vecchio indirizzo di consegna. Chiarito al telefono con {c}.",
            "Confermato",
        ),
        (
            Support,
            "Il tavolino si sposta",
            "Circa 2 µm nella prima ora. Probabilmente il condizionatore sopra il banco.",
            "In attesa dei dati",
        ),
    ],
    plans: &[
        (Visit, "Visita con il tecnico a {t}", "Portare la valigia dimostrativa.", ""),
        (Call, "Chiedere della decisione", "La commissione si riunisce il giorno prima.", ""),
    ],
    steps: &[
        "Inviare l’offerta aggiornata",
        "Telefonare per il contratto di assistenza",
        "Confermare la consegna",
        "Rispondere alla gara",
        "Sollecitare l’ordine",
    ],
    notes: &[
        "Acquista con un accordo quadro fino alla fine del prossimo anno.",
        "In fattura serve il codice CIG.",
        "Consegne solo al mattino.",
        "Chiuso ad agosto.",
        "Paga tardi, ma paga.",
    ],
    people: &["Meglio al mattino.", "Preferisce la posta elettronica."],
    reasons: &["Laboratorio chiuso", "Passato alla concorrenza", "Nessun budget"],
};
