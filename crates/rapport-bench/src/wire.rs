//! A forwarder that counts what goes through, for the size of a download.

use rapport_model::{Error, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes that came from the server.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Forwards a new port to the server until the runtime ends.
pub async fn counted(server: SocketAddr) -> Result<(SocketAddr, Arc<Count>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::internal)?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let count = Arc::new(Count::default());
    let counting = count.clone();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let count = counting.clone();
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(server).await else { return };
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                tokio::join!(forward(near_in, far_out, None), forward(far_in, near_out, Some(count)));
            });
        }
    });
    Ok((address, count))
}

/// Until one end closes; an end that breaks off is the same here.
async fn forward(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: Option<Arc<Count>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
        if let Some(count) = &count {
            count.0.fetch_add(read as u64, Ordering::Relaxed);
        }
    }
    let _ = to.shutdown().await;
}
