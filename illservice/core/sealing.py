"""Secrets that must be said again are kept encrypted with the secret key of the deployment."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

__all__ = ["InvalidToken", "seal", "unseal"]


def _box(purpose: str) -> MultiFernet:
    """Encrypts with the key in force, and still opens what an earlier key closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{key!s}".encode()).digest()))
            for key in keys
        ]
    )


def seal(purpose: str, secret: str) -> str:
    """As it is kept; what one purpose closed another does not open. Nothing stays nothing."""
    return _box(purpose).encrypt(secret.encode()).decode() if secret else ""


def unseal(purpose: str, kept: str) -> str:
    """As it is said. InvalidToken when the deployment's secret key is another one now."""
    return _box(purpose).decrypt(kept.encode()).decode() if kept else ""
