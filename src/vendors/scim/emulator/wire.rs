//! The loopback listener, whose connections can be cut in the middle of an answer.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blade {
    Open,
    AfterHead(usize),
    Now,
}

/// Cuts one connection.
#[derive(Debug, Clone)]
pub(crate) struct Cutter(Arc<Mutex<Blade>>);

impl Cutter {
    fn open() -> Self {
        Self(Arc::new(Mutex::new(Blade::Open)))
    }

    /// Closes the connection before another byte is written.
    pub(crate) fn now(&self) {
        self.set(Blade::Now);
    }

    /// Closes it after the answer's head and this many bytes of its body.
    pub(crate) fn after_head(&self, bytes: usize) {
        self.set(Blade::AfterHead(bytes));
    }

    fn set(&self, blade: Blade) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = blade;
    }

    fn blade(&self) -> Blade {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().cutter.clone()
    }
}

/// A listener on a loopback address.
pub(crate) struct Loopback(pub(crate) TcpListener);

impl Listener for Loopback {
    type Io = Wire;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Wire, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Without it, small answers wait for the delayed acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        (Wire { stream, cutter: Cutter::open() }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    cutter: Cutter,
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let allowed = match wire.cutter.blade() {
            Blade::Open => return Pin::new(&mut wire.stream).poll_write(cx, buf),
            Blade::Now => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            Blade::AfterHead(bytes) => (head_length(buf) + bytes).min(buf.len()),
        };
        let written = Pin::new(&mut wire.stream).poll_write(cx, &buf[..allowed]);
        if written.is_ready() {
            wire.cutter.now();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

fn head_length(buf: &[u8]) -> usize {
    buf.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |at| at + 4)
}
