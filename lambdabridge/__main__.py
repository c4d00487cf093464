"""`python -m lambdabridge` is `lambdabridge`."""

from lambdabridge.cli import main

raise SystemExit(main())
