"""Settings of a site without a database: sessions are signed cookies, and logging is left to Lambda.

Every setting: https://docs.djangoproject.com/en/stable/ref/settings/
"""

from __future__ import annotations

import os

DEVELOPMENT_KEY = "development only: set SECRET_KEY in the environment"
SECRET_KEY = os.environ.get("SECRET_KEY", DEVELOPMENT_KEY)
DEBUG = False

# This computer, the hosts that AWS gives to an API or a function URL, and, from the environment, a domain of your own.
# The front door has already routed by the Host header, so no visitor can choose another API's name.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".amazonaws.com", ".on.aws"]
ALLOWED_HOSTS += filter(None, os.environ.get("ALLOWED_HOSTS", "").split(","))

INSTALLED_APPS = ["guestbook"]
ROOT_URLCONF = "guestbook.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# Two requests of one visitor may be answered by two execution environments, which share no memory and no disk.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

USE_I18N = False
USE_TZ = True

# Django's own logging shows errors on the console only when DEBUG is on. Without it, they reach the root logger: on Lambda
# the runtime has put its handler there, and elsewhere Python writes what nobody handles to stderr.
LOGGING_CONFIG = None
