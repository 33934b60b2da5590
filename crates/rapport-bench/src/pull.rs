//! The first download: a new device takes everything from a real server over HTTP on this machine.

use crate::figures::Figures;
use crate::process::processor_seconds;
use crate::tell;
use crate::world::{Place, Profile, Serving, clear, join, join_counted, runtime};
use rapport_client::Client;
use rapport_model::{Error, Result};
use std::path::Path;
use std::time::{Duration, Instant};

/// Records per second.
const AIM: Option<f64> = Some(20_000.0);
const MB: f64 = 1_000_000.0;

pub fn measure(place: &Place, customers: usize, rounds: u32, figures: &mut Figures) -> Result<()> {
    let server = place.server(customers)?;
    let data = place.scratch("pull")?;
    for round in 0..rounds {
        tell(&format!("pull: round {} of {rounds}", round + 1));
        figures.begin_round(round);
        // Server and device are this process.
        let before = processor_seconds("self");
        let (records, took) = download(&server, &data)?;
        figures.add("pull: records", "", None, records);
        figures.add("pull: time", "s", None, took.as_secs_f64());
        figures.add("pull: speed", "records/s", AIM, records / took.as_secs_f64());
        if let (Some(before), Some(after)) = (before, processor_seconds("self")) {
            figures.add("pull: processor time, both ends", "s", None, after - before);
        }
        figures.add("pull: store on disk", "MB", None, size(&data)?);
        clear(&data)?;
    }
    // Counting costs time, so it is a round of its own.
    figures.begin_round(0);
    figures.add("pull: over the wire", "MB", None, wire_bytes(&server, &data)? / MB);
    clear(&data)
}

/// Sign-in is not counted; from asking for the first page until the last one is committed is.
fn download(server: &Path, data: &Path) -> Result<(f64, Duration)> {
    runtime()?.block_on(async {
        let office = Serving::start(server).await?;
        let client = join(data, office.address).await?;
        let clock = Instant::now();
        let records = pull(&client).await?;
        let took = clock.elapsed();
        client.close().await;
        office.stop().await?;
        Ok((records, took))
    })
}

async fn pull(client: &Client) -> Result<f64> {
    let report = client.sync_once().await?;
    report["pulled"].as_f64().filter(|n| *n > 0.0).ok_or_else(|| Error::internal("nothing was pulled"))
}

fn wire_bytes(server: &Path, data: &Path) -> Result<f64> {
    runtime()?.block_on(async {
        let office = Serving::start(server).await?;
        let (client, count) = join_counted(data, office.address).await?;
        let before = count.bytes();
        pull(&client).await?;
        let bytes = count.bytes() - before;
        client.close().await;
        office.stop().await?;
        Ok(bytes as f64)
    })
}

fn size(data: &Path) -> Result<f64> {
    let store = Profile::of(data)?.store;
    Ok(std::fs::metadata(store).map_err(Error::internal)?.len() as f64 / MB)
}
