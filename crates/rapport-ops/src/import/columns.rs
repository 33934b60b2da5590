//! What a column may be, and what the columns of well-known programs are: Google Contacts, Outlook, HubSpot, Pipedrive,
//! Salesforce, and our own export.

use rapport_model::text::fold;
use serde::Serialize;

/// A place that a column goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    pub name: &'static str,
    /// The head of its column in our own export.
    pub label: &'static str,
    /// How other programs call it, folded to small letters and digits; `#` stands for a number.
    #[serde(skip)]
    aliases: &'static [&'static str],
}

macro_rules! targets {
    ($($name:literal $label:literal [$($alias:literal),* $(,)?]),+ $(,)?) => {
        /// In the order of our own export.
        pub const TARGETS: &[Target] = &[$(Target { name: $name, label: $label, aliases: &[$($alias),*] }),+];
    };
}

targets! {
    "name" "Name" ["customername", "accountname", "kundenname", "kunde", "personname", "fullname", "displayname", "fileas"],
    "organization" "Organisation" ["organizationname", "organization#name", "company", "companyname", "associatedcompany", "firma", "organisation", "organization", "unternehmen"],
    "companyName" "Company" ["legalname"],
    "type" "Type" ["customertype", "kundenart"],
    "status" "Status" ["customerstatus", "lifecyclestage", "leadstatus"],
    "statusReason" "Reason" ["lostreason"],
    "isActive" "In daily use" [],
    "industry" "Industry" ["branche", "organizationindustry"],
    "source" "Source" ["leadsource", "originalsource", "quelle"],
    "website" "Website" ["website#value", "websiteurl", "webpage", "webseite", "url", "companydomainname"],
    "phone" "Phone" ["companyphone", "companymainphone", "mainphone", "organizationphone", "accountphone", "telefonfirma"],
    "email" "E-mail" ["companyemail", "organizationemail"],
    "address.street" "Street" ["address#street", "businessstreet", "mailingstreet", "billingstreet", "streetaddress", "straße", "strassegeschaftlich", "address", "organizationaddress", "streetaddress1"],
    "address.zipCode" "Postcode" ["address#postalcode", "businesspostalcode", "mailingzippostalcode", "billingzippostalcode", "mailingpostalcode", "billingpostalcode", "postalcode", "zip", "zipcode", "plz", "postleitzahlgeschaftlich", "organizationzippostalcodeofaddress"],
    "address.city" "Town" ["address#city", "businesscity", "mailingcity", "billingcity", "city", "ort", "stadt", "ortgeschaftlich", "organizationcitytownvillagelocalityofaddress"],
    "address.state" "State" ["address#region", "businessstate", "mailingstateprovince", "billingstateprovince", "mailingstate", "billingstate", "stateregion", "province", "bundesland", "regiongeschaftlich", "organizationstatecountyofaddress"],
    "address.country" "Country" ["address#country", "businesscountryregion", "mailingcountry", "billingcountry", "countryregion", "land", "landregiongeschaftlich", "organizationcountryofaddress"],
    "shippingAddress.street" "Shipping street" ["shippingstreet", "otherstreet"],
    "shippingAddress.zipCode" "Shipping postcode" ["shippingzippostalcode", "shippingpostalcode", "otherpostalcode"],
    "shippingAddress.city" "Shipping town" ["shippingcity", "othercity"],
    "shippingAddress.state" "Shipping state" ["shippingstateprovince", "shippingstate", "otherstate"],
    "shippingAddress.country" "Shipping country" ["shippingcountry", "othercountryregion"],
    "valueEstimate" "Estimated value" ["value", "dealvalue", "annualrevenue", "amount", "wert", "umsatz"],
    "assignedTo" "Owner" ["accountowner", "contactowner", "personowner", "organizationowner", "owneremail", "leadowner", "companyowner", "betreuer"],
    "tags" "Tags" ["labels", "groupmembership", "categories", "kategorien", "personlabel", "label"],
    "notes" "Notes" ["description", "notizen", "bemerkungen", "comments", "message"],
    "nextFollowUpByHand" "Next follow-up, by hand" ["nextfollowup", "nextactivitydate", "followupdate"],
    "lastContactByHand" "Last contact, by hand" ["lastcontact", "lastactivitydate", "lastactivity", "lastcontacted"],
    "preferences" "Preferences" [],
    "qualification" "Qualification" [],
    "externalId" "Reference" ["recordid", "accountid", "organizationid", "personid", "contactid", "id", "kundennummer", "customernumber"],
    "contact.firstName" "Contact first name" ["firstname", "givenname", "vorname", "personfirstname"],
    "contact.lastName" "Contact last name" ["lastname", "familyname", "surname", "nachname", "personlastname"],
    "contact.title" "Contact title" ["organizationtitle", "organization#title", "jobtitle", "title", "position", "personjobtitle", "funktion"],
    "contact.department" "Contact department" ["organizationdepartment", "organization#department", "department", "abteilung"],
    "contact.email" "Contact e-mail" ["email#value", "emailaddress", "emailadresse", "email#address", "emailprimary", "personemailwork", "personemail", "workemail", "mail", "email"],
    "contact.phone" "Contact phone" ["phone#value", "businessphone", "phonenumber", "telefongeschaftlich", "telefon", "personphonework", "personphone", "workphone", "telephone", "phone"],
    "contact.mobile" "Contact mobile" ["mobilephone", "mobilephonenumber", "mobile", "mobiltelefon", "handy", "personphonemobile", "cellphone"],
    "contact.notes" "Contact notes" [],
    "contact.channels" "Contact further ways" [],
    "contact.isActive" "Contact is here" [],
}

/// A column that is kept as a line of the notes, under its own name.
pub const LINE: &str = "line";
/// A column that is left out.
pub const NOTHING: &str = "";

/// Heads of columns that say nothing that a person would miss.
const EMPTY_TALK: &[&str] = &[
    "email#label",
    "email#type",
    "phone#label",
    "phone#type",
    "address#label",
    "address#type",
    "address#formatted",
    "website#label",
    "website#type",
    "photo",
    "emailtype",
    "emaildisplayname",
    "priority",
    "private",
    "sensitivity",
    "gender",
    "organization#type",
    "phoneticfirstname",
    "phoneticmiddlename",
    "phoneticlastname",
    "yominame",
    "initials",
    "address#extendedaddress",
    "address#pobox",
];

/// The target of this name; [`LINE`] and [`NOTHING`] are none.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Small letters and digits, numbers as `#`: "E-mail 1 - Value" is "email#value".
fn key(header: &str) -> String {
    let mut out = String::new();
    for c in fold(header).chars().filter(|c| c.is_alphanumeric()) {
        match c.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(c),
        }
    }
    out
}

/// What the columns most likely are. Each target is given once, to the first column that has its name; our own heads go first.
pub fn guess(headers: &[String]) -> Vec<&'static str> {
    let mut out: Vec<Option<&'static str>> = vec![None; headers.len()];
    let mut given: Vec<&str> = Vec::new();
    // An export of ours is known by its heads for contacts; elsewhere "Phone" is somebody's phone.
    let ours = headers.iter().any(|header| header == "Contact first name");
    for (at, header) in headers.iter().enumerate().filter(|_| ours) {
        if let Some(target) = TARGETS.iter().find(|target| target.label == header) {
            out[at] = Some(target.name);
            given.push(target.name);
        }
    }
    for (at, header) in headers.iter().enumerate() {
        let key = key(header);
        if out[at].is_some() {
            continue;
        }
        if key.is_empty() || EMPTY_TALK.contains(&key.as_str()) {
            out[at] = Some(NOTHING);
            continue;
        }
        let fits =
            |target: &&Target| target.aliases.contains(&key.as_str()) || (target.aliases.is_empty() && target.label == header);
        let own = |target: &&Target| self::key(target.label) == key;
        let free = |target: &&Target| !given.contains(&target.name);
        let found = TARGETS.iter().filter(free).find(fits).or_else(|| TARGETS.iter().filter(free).find(own));
        out[at] = found.map(|target| target.name);
        given.extend(out[at]);
    }
    // A head that another column took already, or that nobody knows, is kept in the notes.
    out.into_iter().map(|name| name.unwrap_or(LINE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &str) -> Vec<&'static str> {
        guess(&headers.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    /// Google Contacts since 2024 and before, Outlook in English and German, HubSpot, Pipedrive, Salesforce.
    const WELL_KNOWN: &[(&str, &[&str])] = &[
        // Google Contacts, since 2024 and before.
        (
            "First Name,Last Name,Organization Name,Organization Title,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Address 1 - City",
            &[
                "contact.firstName",
                "contact.lastName",
                "organization",
                "contact.title",
                "notes",
                "tags",
                "",
                "contact.email",
                "contact.phone",
                "address.city",
            ],
        ),
        (
            "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Organization 1 - Name,Address 1 - Postal Code",
            &["name", "contact.firstName", "contact.lastName", "tags", "", "contact.email", "organization", "address.zipCode"],
        ),
        // Outlook, English and German.
        (
            "First Name,Last Name,Company,Department,Job Title,Business Street,Business Country/Region,Business Phone,Mobile Phone,Categories,E-mail Address,Web Page",
            &[
                "contact.firstName",
                "contact.lastName",
                "organization",
                "contact.department",
                "contact.title",
                "address.street",
                "address.country",
                "contact.phone",
                "contact.mobile",
                "tags",
                "contact.email",
                "website",
            ],
        ),
        (
            "Vorname,Nachname,Firma,Abteilung,Position,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,Ort geschäftlich,Notizen",
            &[
                "contact.firstName",
                "contact.lastName",
                "organization",
                "contact.department",
                "contact.title",
                "contact.phone",
                "contact.mobile",
                "contact.email",
                "address.city",
                "notes",
            ],
        ),
        // HubSpot
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Company Name,Street Address,Postal Code,Country/Region",
            &[
                "externalId",
                "contact.firstName",
                "contact.lastName",
                "contact.email",
                "contact.phone",
                "assignedTo",
                "status",
                "organization",
                "address.street",
                "address.zipCode",
                "address.country",
            ],
        ),
        // Pipedrive
        (
            "Person - Name,Person - Label,Person - Email - Work,Person - Phone - Work,Organization - Name,Person - ID,Person - Owner",
            &["name", "tags", "contact.email", "contact.phone", "organization", "externalId", "assignedTo"],
        ),
        // Salesforce
        (
            "Account Name,First Name,Last Name,Title,Email,Phone,Mobile,Mailing Street,Mailing Zip/Postal Code,Lead Source,Account Owner,Annual Revenue",
            &[
                "name",
                "contact.firstName",
                "contact.lastName",
                "contact.title",
                "contact.email",
                "contact.phone",
                "contact.mobile",
                "address.street",
                "address.zipCode",
                "source",
                "assignedTo",
                "valueEstimate",
            ],
        ),
    ];

    #[test]
    fn columns_of_well_known_programs_are_known() {
        for (headers, targets) in WELL_KNOWN {
            assert_eq!(guessed(headers), *targets, "{headers}");
        }
    }

    #[test]
    fn our_own_columns_are_known_and_strange_ones_are_kept() {
        let own: Vec<String> = TARGETS.iter().map(|target| target.label.to_owned()).collect();
        assert_eq!(guess(&own), TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
        assert_eq!(guessed("Name,Shoe size,"), ["name", LINE, NOTHING]);
    }
}
