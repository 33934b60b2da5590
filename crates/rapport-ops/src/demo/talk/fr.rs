//! French.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "fr",
    jobs: &[
        ("Responsable des achats", "Achats"),
        ("Responsable de laboratoire", "Laboratoire"),
        ("Direction générale", "Direction"),
        ("Responsable qualité", "Qualité"),
        ("Ingénierie biomédicale", "Services techniques"),
        ("Chef de projet", "Recherche"),
        ("Comptabilité", "Finances"),
        ("Cadre de santé", "Imagerie"),
        ("Gérance", "Direction"),
        ("Responsable maintenance", "Maintenance"),
    ],
    lines: &[
        (
            Call,
            "Premier contact au sujet de {p}",
            "{c} nous a découverts au salon. Ils ont {n} microscopes anciens et cherchent un éclairage unique. Fiche technique envoyée pendant l’appel.",
            "Intéressé, attend un prix",
        ),
        (
            Call,
            "Budget de l’année",
            "D’après {c}, le budget est validé, mais les achats exigent trois devis. Notre technicien sur place fait la différence.",
            "Budget confirmé",
        ),
        (Call, "{c} n’était pas joignable", "Message laissé à l’accueil. Rappeler entre 9 h et 10 h.", ""),
        (Email, "Documentation envoyée", "Fiches de {p} et deux références à {t}.", ""),
        (
            Email,
            "Question de compatibilité",
            "{p} se monte-t-il sur le statif de 2019 ? Oui, avec la bague d’adaptation n° 4.",
            "Répondu",
        ),
        (
            Email,
            "Demande de remise",
            "{c} demande {n} % pour un paiement à 10 jours. Réponse promise après accord de la direction.",
            "",
        ),
        (
            Meeting,
            "Besoins de l’équipe d’imagerie",
            "Quatre personnes autour de la table. Comptage à la main, environ {n}00 lames par semaine. Le scanner serait amorti en moins de deux ans. {c} décide avec la direction financière.",
            "Souhaite une démonstration",
        ),
        (
            Meeting,
            "Démonstration en ligne de {p}",
            "Superposition en direct et modèle de rapport présentés. Reste une question : où sont stockées les images ?",
            "Avis favorable, accord du DPO attendu",
        ),
        (
            Visit,
            "Visite à {t}",
            "Visite du laboratoire avec {c}. Pièce petite et chaude en été, donc pas de refroidissement par eau. Paillasse : 180 × 75 cm.",
            "Relevé effectué",
        ),
        (Quote, "Devis pour {n} × {p}", "Remise sur quantité, trois ans de maintenance en option.", "Envoyé"),
        (
            Quote,
            "Concurrent moins cher",
            "Un concurrent est 8 % en dessous, sans formation. Prix maintenu, étalonnage offert.",
            "Décision le mois prochain",
        ),
    ],
    sold: &[
        (
            Call,
            "Date de livraison de {p}",
            "Livraison annoncée en semaine {n}. D’accord si la platine arrive avant. À confirmer par écrit.",
            "Accord de principe",
        ),
        (
            Call,
            "Contrat de maintenance",
            "Le contrat actuel se termine dans {n} mois. {c} souhaite inclure l’étalonnage annuel.",
            "Veut une proposition",
        ),
        (
            Meeting,
            "Bilan annuel",
            "Revue des {n} interventions de l’année. Délais corrects, pièces détachées trop lentes.",
            "Renouvellement si stock de pièces",
        ),
        (
            Visit,
            "Installation de {p}",
            "Installation et réglage avec notre technicien. Procès-verbal signé par {c}. Formation de {n} utilisateurs dans quinze jours.",
            "Mise en service",
        ),
        (
            Order,
            "Commande reçue",
            "{n} × {p}, avec l’ancienne adresse de livraison. Corrigé par téléphone avec {c}.",
            "Confirmée",
        ),
        (
            Support,
            "Dérive de la platine",
            "Environ 2 µm la première heure. Relevé de température demandé ; sans doute la climatisation.",
            "En attente du relevé",
        ),
        (
            Support,
            "Certificat d’étalonnage manquant",
            "Copie envoyée, l’original suit par courrier. L’auditeur passe jeudi.",
            "Résolu",
        ),
    ],
    plans: &[
        (Meeting, "Revue du devis avec {c}", "Ligne par ligne ; apporter le contrat de maintenance.", ""),
        (Visit, "Démonstration de {p} à {t}", "Prendre la valise de démonstration et deux lames.", ""),
        (Call, "Demander la décision", "La commission se réunit la veille.", ""),
    ],
    steps: &[
        "Envoyer le devis révisé",
        "Appeler pour le contrat de maintenance",
        "Confirmer la date de livraison",
        "Répondre à l’appel d’offres",
        "Relancer la commande",
        "Envoyer le rapport d’étalonnage",
        "Proposer une date de démonstration",
    ],
    notes: &[
        "Achète via un accord-cadre valable jusqu’à la fin de l’année prochaine.",
        "Le numéro d’engagement doit figurer sur la facture.",
        "Fidèle, mais attend une réponse le jour même.",
        "Livraison le matin uniquement.",
        "La commission d’achat se réunit une fois par trimestre.",
        "Utilise nos objectifs sur des statifs concurrents.",
        "Fermé trois semaines en août.",
        "Paie tard, mais paie toujours.",
    ],
    people: &["À appeler le matin.", "Préfère l’écrit.", "À temps partiel, du lundi au mercredi."],
    reasons: &["Laboratoire fermé", "Parti chez un concurrent", "Plus de budget", "Cessation d’activité"],
};
