FROM python:3.11-slim-bookworm AS packages
WORKDIR /srv
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --requirement requirements.txt

FROM python:3.11-slim-bookworm
# libgomp is LightGBM's; everything else comes with the wheels.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 bookkeeper
ARG GIT_SHA=unknown
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GIT_SHA=$GIT_SHA
COPY --from=packages /venv /venv
WORKDIR /srv
COPY . .
RUN mkdir -p var reports logs && chown bookkeeper var reports logs
USER bookkeeper
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8501", "--no-server-header"]
