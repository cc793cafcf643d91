"""A survey as other tools tell it: deployments, media, observations, in Camtrap DP's words."""

from reid.survey.problems import Problem, Problems
from reid.survey.records import Deployment, Media, Observation
from reid.survey.survey import Survey

__all__ = ["Deployment", "Media", "Observation", "Problem", "Problems", "Survey"]
