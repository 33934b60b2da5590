//! Spanish.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "es",
    jobs: &[
        ("Responsable de compras", "Compras"),
        ("Responsable de laboratorio", "Laboratorio"),
        ("Dirección general", "Dirección"),
        ("Responsable de calidad", "Calidad"),
        ("Ingeniería biomédica", "Servicios técnicos"),
        ("Jefatura de proyecto", "Investigación"),
        ("Contabilidad", "Finanzas"),
        ("Gerencia", "Dirección"),
        ("Mantenimiento", "Servicios técnicos"),
    ],
    lines: &[
        (
            Call,
            "Primera llamada sobre {p}",
            "{c} nos conoció en la feria. Tienen {n} microscopios antiguos y buscan una sola fuente de luz. Ficha técnica enviada durante la llamada.",
            "Interés, pide precio",
        ),
        (
            Call,
            "Presupuesto del año",
            "Según {c} el presupuesto está aprobado, pero compras necesita tres ofertas. Nuestro técnico local cuenta a favor.",
            "Presupuesto confirmado",
        ),
        (
            Call,
            "Fecha de entrega de {p}",
            "Prometida para la semana {n}. De acuerdo si la platina llega antes. Confirmar por escrito.",
            "De acuerdo",
        ),
        (Call, "{c} no contesta", "Recado en recepción. Mejor entre las nueve y las diez.", ""),
        (Email, "Documentación enviada", "Fichas de {p} y dos referencias de {t}.", ""),
        (Email, "Folleto en español", "Piden el folleto de {p} en español para el comité.", "Enviado"),
        (Email, "Petición de descuento", "{c} pide un {n} % por pago a 10 días. Respuesta después de hablar con dirección.", ""),
        (
            Meeting,
            "Necesidades del grupo de imagen",
            "Cuatro personas en la mesa. Cuentan a mano unas {n}00 preparaciones por semana. El escáner se amortiza en menos de dos años. {c} decide junto con finanzas.",
            "Quiere una demostración",
        ),
        (
            Meeting,
            "Demostración en línea de {p}",
            "Mostramos la superposición en directo y la plantilla de informe. Falta aclarar dónde se guardan las imágenes.",
            "Favorable, falta el visto bueno legal",
        ),
        (
            Visit,
            "Visita en {t}",
            "Recorrido por el laboratorio con {c}. Sala pequeña y calurosa en verano: nada de refrigeración por agua. Mesa de 180 × 75 cm.",
            "Medidas tomadas",
        ),
        (Quote, "Oferta de {n} × {p}", "Con descuento por volumen y tres años de servicio como opción.", "Enviada"),
        (
            Quote,
            "La competencia es más barata",
            "Ofrecen un 8 % menos, sin formación. Mantenemos el precio y regalamos una calibración.",
            "Decisión el mes que viene",
        ),
    ],
    sold: &[
        (
            Call,
            "Renovación del contrato de servicio",
            "Vence dentro de {n} meses. {c} quiere incluir la calibración anual.",
            "Espera propuesta",
        ),
        (
            Meeting,
            "Balance anual",
            "Repaso de las {n} intervenciones del año. Buenos plazos, recambios lentos.",
            "Renueva si hay recambios en almacén",
        ),
        (
            Visit,
            "Instalación de {p}",
            "Instalado y ajustado con nuestro técnico. {c} firmó la entrega. Formación de {n} usuarios en dos semanas.",
            "Entregado",
        ),
        (
            Order,
            "Pedido recibido",
            "{n} × {p}, con la dirección de entrega antigua. Aclarado por teléfono con {c}.",
            "Confirmado",
        ),
        (
            Support,
            "La platina se desplaza",
            "Unas 2 µm en la primera hora. Les pedimos un registro de temperatura; probablemente el aire acondicionado.",
            "A la espera del registro",
        ),
        (
            Support,
            "Falta el certificado de calibración",
            "Copia enviada, el original va por correo. El auditor viene el jueves.",
            "Resuelto",
        ),
    ],
    plans: &[
        (Meeting, "Repasar la oferta con {c}", "Línea por línea; llevar el contrato de servicio.", ""),
        (Visit, "Demostración de {p} en {t}", "Llevar la maleta y dos preparaciones.", ""),
        (Call, "Preguntar por la decisión", "El comité se reúne el día anterior.", ""),
    ],
    steps: &[
        "Enviar oferta revisada",
        "Llamar por el contrato de servicio",
        "Confirmar la entrega",
        "Responder a la licitación",
        "Reclamar el pedido",
        "Enviar informe de calibración",
        "Proponer fecha para la demostración",
    ],
    notes: &[
        "Compra con un acuerdo marco hasta finales del año que viene.",
        "La factura debe llevar el número de expediente.",
        "Cliente fiel, espera respuesta el mismo día.",
        "Entregas solo por la mañana.",
        "El comité de compras se reúne cada trimestre.",
        "Cierra en agosto.",
        "Paga tarde, pero siempre paga.",
        "Pide referencias del mismo sector.",
    ],
    people: &["Mejor por la mañana.", "Prefiere el correo.", "Media jornada, de lunes a miércoles."],
    reasons: &["Cerró el laboratorio", "Se fue con la competencia", "Sin presupuesto", "Cese de actividad"],
};
