"""What `lambdabridge init` writes and what examples/ ships, put before SAM, cfn-lint and CDK, and deployed to an emulator.

    python3 dev.py deploy            everything, in environments of its own (below .venv)

    targets.py           every template and CDK app
    facts.py             what a CloudFormation template deploys, as plain values
    test_templates.py    SAM templates: sam validate --lint, cfn-lint, SAM's own transform, sam build, lambdabridge doctor
    test_cdk.py          CDK apps: synthesised, and held to the same facts
    emulator.py          ministack on this machine; emulator_process.py is what runs there
    stacks.py            sam deploy, cdk deploy
    scenarios.py         what a client asks of a deployed example, and has to get
    test_deployed.py     each example, deployed, asked
    test_first_steps.py  a newcomer's way: from an application to a URL

Where the tools are missing these tests are skipped.
"""
