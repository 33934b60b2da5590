//! Turkish.

use super::Talk;
use rapport_model::interaction::InteractionType::{Call, Email, Meeting, Order, Quote, Support, Visit};

pub const TALK: Talk = Talk {
    code: "tr",
    jobs: &[
        ("Satın Alma Müdürü", "Satın Alma"),
        ("Laboratuvar Sorumlusu", "Laboratuvar"),
        ("Genel Müdür", "Yönetim"),
        ("Kalite Müdürü", "Kalite"),
        ("Biyomedikal Mühendisi", "Teknik Servis"),
        ("Muhasebe", "Finans"),
    ],
    lines: &[
        (
            Call,
            "{p} için ilk görüşme",
            "{c} bizi fuarda tanımış. Ellerinde {n} eski mikroskop var, hepsi için tek ışık kaynağı arıyorlar.",
            "İlgileniyor, fiyat istiyor",
        ),
        (Call, "Bu yılın bütçesi", "Görüşülen kişi: {c}. Bütçe onaylı, ama satın alma üç teklif istiyor.", "Bütçe onaylandı"),
        (Call, "Ulaşılamadı: {c}", "Santrale not bırakıldı. En iyisi dokuz ile on arası.", ""),
        (Email, "Katalog gönderildi", "{p} teknik bilgileri ve iki referans.", ""),
        (Email, "Fiyat listesi", "Yeni yılın fiyat listesi istendi; {n} kalem.", ""),
        (
            Meeting,
            "{p} çevrim içi tanıtımı",
            "Canlı görüntü ve rapor şablonu gösterildi. Görüntülerin nerede saklandığı soruldu.",
            "Olumlu",
        ),
        (Visit, "Ziyaret: {t}", "Laboratuvar birlikte gezildi. Oda küçük, yazın sıcak. Masa 180 × 75 cm.", "Ölçüler alındı"),
        (Quote, "Teklif: {n} × {p}", "Miktar indirimi ve üç yıl servis seçeneği ile.", "Gönderildi"),
    ],
    sold: &[
        (Visit, "{p} kurulumu", "Servisle birlikte kuruldu ve ayarlandı. Teslim tutanağı imzalandı.", "Teslim edildi"),
        (Order, "Sipariş alındı", "{n} × {p}, eski teslimat adresiyle. Telefonda düzeltildi.", "Onaylandı"),
        (Support, "Tabla kayıyor", "İlk saatte yaklaşık 2 µm. Büyük olasılıkla klima.", "Ölçüm bekleniyor"),
    ],
    plans: &[
        (Visit, "{p} tanıtımı: {t}", "Tanıtım çantası ve iki preparat götürülecek.", ""),
        (Call, "Kararı sor", "Komisyon bir gün önce toplanıyor.", ""),
    ],
    steps: &[
        "Güncel teklifi gönder",
        "Servis sözleşmesi için ara",
        "Teslim tarihini onayla",
        "Fiyat listesini gönder",
        "Siparişi takip et",
    ],
    notes: &[
        "Gelecek yılın sonuna kadar çerçeve sözleşmesi var.",
        "Faturada sipariş numarası olmalı.",
        "Teslimat yalnızca sabah.",
        "Sadık müşteri, aynı gün yanıt bekler.",
        "Geç öder ama öder.",
    ],
    people: &["Sabah aranmalı.", "Yazışmayı tercih eder."],
    reasons: &["Laboratuvar kapandı", "Rakibe geçti", "Bütçe yok"],
};
