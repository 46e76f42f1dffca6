import streamlit as st

st.title("metrics")
