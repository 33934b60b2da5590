//! Portuguese.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "pt",
    jobs: &[
        ("Responsável de compras", "Compras"),
        ("Responsável de laboratório", "Laboratório"),
        ("Direção", "Administração"),
        ("Responsável de qualidade", "Qualidade"),
        ("Engenharia clínica", "Serviços técnicos"),
        ("Contabilidade", "Finanças"),
    ],
    lines: &[
        (
            Call,
            "Primeira chamada sobre {p}",
            "{c} conheceu-nos na feira. Têm {n} microscópios antigos e procuram uma só fonte de luz.",
            "Interesse, pede preço",
        ),
        (
            Call,
            "Orçamento do ano",
            "Segundo {c} a verba está aprovada, mas as compras querem três propostas.",
            "Verba confirmada",
        ),
        (Call, "{c} não atendeu", "Recado na receção. Melhor entre as nove e as dez.", ""),
        (Email, "Pedido de desconto", "{c} pede {n} % para pagamento a 10 dias.", ""),
        (
            Meeting,
            "Demonstração em linha de {p}",
            "Mostrámos a sobreposição ao vivo e o modelo de relatório. Falta saber onde ficam as imagens.",
            "Favorável",
        ),
        (
            Visit,
            "Visita em {t}",
            "Volta ao laboratório com {c}. Sala pequena e quente no verão. Bancada de 180 × 75 cm.",
            "Medidas tiradas",
        ),
        (Quote, "Proposta de {n} × {p}", "Com desconto de quantidade e três anos de assistência como opção.", "Enviada"),
    ],
    sold: &[
        (Email, "Relatório de calibração", "Enviada a cópia do relatório de {p}.", "Enviado"),
        (Meeting, "Balanço do ano", "Revistas as {n} intervenções. Prazos bons, peças lentas.", "Renova se houver peças"),
        (Visit, "Instalação de {p}", "Montado e alinhado com o técnico. {c} assinou a entrega.", "Entregue"),
        (Order, "Encomenda recebida", "{n} × {p}, com a morada antiga. Esclarecido ao telefone com {c}.", "Confirmada"),
        (
            Support,
            "A platina desloca-se",
            "Cerca de 2 µm na primeira hora. Pedimos um registo de temperatura.",
            "À espera do registo",
        ),
    ],
    plans: &[
        (Visit, "Demonstração de {p} em {t}", "Levar a mala e duas lâminas.", ""),
        (Call, "Perguntar pela decisão", "A comissão reúne na véspera.", ""),
    ],
    steps: &[
        "Enviar relatório de calibração",
        "Enviar proposta revista",
        "Ligar por causa da assistência",
        "Confirmar a entrega",
        "Insistir na encomenda",
    ],
    notes: &[
        "Compra por acordo-quadro até ao fim do próximo ano.",
        "A fatura precisa do número de compromisso.",
        "Entregas só de manhã.",
        "Fecha em agosto.",
        "Paga tarde, mas paga.",
    ],
    people: &["Melhor de manhã.", "Prefere escrever."],
    reasons: &["Laboratório encerrado", "Foi para a concorrência", "Sem verba"],
};
