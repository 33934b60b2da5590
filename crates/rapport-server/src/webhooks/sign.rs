//! Signatures as the Standard Webhooks specification has them, version 1.

use crate::token::random;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_model::{Error, Result};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// 32 random bytes in the form in which receivers expect them.
pub fn new_secret() -> Result<String> {
    Ok(format!("{PREFIX}{}", STANDARD.encode(random::<32>()?)))
}

/// The header `webhook-signature`: one signature by each secret, `timestamp_s` in seconds since 1970.
pub fn signatures(secrets: &[&str], id: &str, timestamp_s: i64, body: &[u8]) -> Result<String> {
    let signed = secrets.iter().map(|secret| {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).map_err(Error::internal)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::internal)?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    Ok(signed.collect::<Result<Vec<_>>>()?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification's reference libraries (standard-webhooks/standard-webhooks, MIT).
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_published_vector_comes_out() {
        assert_eq!(signatures(&[SECRET], ID, 1_614_265_330, BODY), Ok(SIGNATURE.to_owned()));
        assert_ne!(signatures(&[SECRET], ID, 1_614_265_331, BODY), Ok(SIGNATURE.to_owned()));
    }

    #[test]
    fn each_secret_signs_and_secrets_are_new() {
        let fresh = new_secret().expect("a secret");
        assert_ne!(fresh, new_secret().expect("another"));
        assert_eq!(STANDARD.decode(&fresh[PREFIX.len()..]).map(|key| key.len()), Ok(32));
        let both = signatures(&[&fresh, SECRET], ID, 1_614_265_330, BODY).expect("signed");
        let parts: Vec<&str> = both.split(' ').collect();
        assert_eq!((parts.len(), parts[1]), (2, SIGNATURE));
        assert_ne!(parts[0], SIGNATURE);
    }
}
