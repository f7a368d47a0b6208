FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/staticfiles
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY . .
# The key lasts for this line; the real one comes from the environment.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q . \
    && useradd --system --uid 10001 --no-create-home jisr \
    && install --directory --owner jisr --mode 0700 /data

USER jisr
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
