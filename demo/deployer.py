"""What a deploying workflow run does to the world: it deploys, and waits for the end."""

from typing import Final

from demo.estate import API_PRODUCTION, API_STAGING, Estate
from demo.vendors.github_models import Conclusion, Run
from demo.vendors.github_state import Report
from demo.vendors.render_models import Deploy, DeployStatus
from demo.vendors.vercel_state import Deployment, ReadyState
from demo.vendors.wire import Refusal
from demo.workflows import DEPLOY_API, DEPLOY_WEB

_APIS: Final = {"production": API_PRODUCTION, "staging": API_STAGING}
_APPS: Final = ("web", "merchant", "admin")


class Deployer:
    """Carries deploying runs out.

    Args:
        estate: Where to.
    """

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def __call__(self, run: Run, report: Report) -> bool:
        """Deploy what a run says; False when it deploys nothing."""
        if run.workflow_id == DEPLOY_API.id:
            self._deploy_api(run, report)
        elif run.workflow_id == DEPLOY_WEB.id:
            self._deploy_web(run, report)
        else:
            return False
        return True

    def _deploy_api(self, run: Run, report: Report) -> None:
        def ended(deploy: Deploy) -> None:
            live = deploy.status is DeployStatus.LIVE
            report(Conclusion.SUCCESS if live else Conclusion.FAILURE)

        render = self._estate.render
        service = render.services[_APIS[run.environment]]
        try:
            render.begin(service, run.commit, "api", ended)
        except Refusal:
            report(Conclusion.FAILURE)

    def _deploy_web(self, run: Run, report: Report) -> None:
        asked = run.inputs.get("app", "all")
        apps = _APPS if asked == "all" else (asked,)
        suffix = "" if run.environment == "production" else "-staging"
        waiting = {f"lma-{app}{suffix}" for app in apps}
        failed: set[str] = set()

        def ended(deployment: Deployment) -> None:
            name = self._estate.vercel.projects[deployment.project_id].name
            waiting.discard(name)
            if deployment.state is not ReadyState.READY:
                failed.add(name)
            if not waiting:
                report(Conclusion.FAILURE if failed else Conclusion.SUCCESS)

        for name in sorted(waiting):
            project = self._estate.web(name)
            self._estate.vercel.create(
                project.id, run.commit, source="api-trigger-git-deploy", on_end=ended
            )
